namespace BuatFilm.Admin.Features.Health;

/// <summary>Goes round once a second by way of the timers and the thread pool, as all work of this process does; a process that is dead-locked or starved stops going round.</summary>
/// <remarks>On a clock that moves as time does, whatever clock the rest of the app was given: what it watches hangs in real time.</remarks>
internal sealed class LoopWatchdog(TimeProvider time, ILogger<LoopWatchdog> logger) : BackgroundService
{
    /// <summary>The longest silence that a busy machine may explain.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(5);

    private long _lastRound = time.GetTimestamp();

    /// <summary>True when the loop has not gone round for longer than <see cref="Patience"/>.</summary>
    public bool IsStalled => time.GetElapsedTime(Interlocked.Read(ref _lastRound)) > Patience;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Round, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                // Through the queue that every request and every drain waits in.
                await Task.Run(() => { }, stoppingToken);
                var silence = time.GetElapsedTime(Interlocked.Exchange(ref _lastRound, time.GetTimestamp()));
                if (silence > Late)
                {
                    logger.LogWarning("This process stood still for {Seconds:0.0} s: its threads are all taken, or the machine is.", silence.TotalSeconds);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping; until the process ends it is alive.
            Interlocked.Exchange(ref _lastRound, time.GetTimestamp());
        }
    }
}
