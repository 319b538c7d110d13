using BuatFilm.Admin.Data;
using Npgsql;

namespace BuatFilm.Admin.Http;

/// <summary>Asks the database itself, for requests that come while it is said to be down.</summary>
/// <remarks>
/// What the board says is some seconds old, and an open breaker says it for longer still: nobody may be turned away for that
/// long once the database is back. So one request at a time asks, and the others take its answer and do not wait.
/// </remarks>
internal sealed class DatabaseReach(Databases databases, TimeProvider time)
{
    /// <summary>How long a "no" counts: the longest that anybody is turned away by mistake, with one question on top.</summary>
    private static readonly TimeSpan NoCounts = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan YesCounts = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    private Answer? _last;
    private int _isAsking;

    /// <returns>True when a statement succeeded just now.</returns>
    public async ValueTask<bool> AnswersAsync()
    {
        var last = Volatile.Read(ref _last);
        if (last is not null && time.GetElapsedTime(last.At) < (last.Yes ? YesCounts : NoCounts))
        {
            return last.Yes;
        }

        if (Interlocked.Exchange(ref _isAsking, 1) == 1)
        {
            // Somebody is asking. A recent "yes" still stands; nobody queues behind a "no".
            return last is { Yes: true } && time.GetElapsedTime(last.At) < YesCounts + Deadline;
        }

        try
        {
            // A connection from before the outage fails once, and says nothing of the database.
            var yes = await AskAsync() || await AskAsync();
            if (yes && last is not { Yes: true })
            {
                databases.ForgetIdleConnections();
            }

            Volatile.Write(ref _last, new Answer(yes, time.GetTimestamp()));
            return yes;
        }
        finally
        {
            Volatile.Write(ref _isAsking, 0);
        }
    }

    private async Task<bool> AskAsync()
    {
        // The real clock: a connection that hangs does so in real time. Not the caller's token: the answer is for all.
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await using var command = databases.Probes.CreateCommand("select 1");
            await command.ExecuteScalarAsync(deadline.Token);
            return true;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private sealed record Answer(bool Yes, long At);
}
