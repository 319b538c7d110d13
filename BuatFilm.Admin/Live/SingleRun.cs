namespace BuatFilm.Admin.Live;

/// <summary>At most one run of some work in this process. Whoever asks meanwhile has it go round once more, and need not wait.</summary>
internal sealed class SingleRun : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private bool _asked;

    /// <returns>How much this call's runs did; zero when another call is at it.</returns>
    public async Task<int> RunAsync(Func<CancellationToken, Task<int>> run, CancellationToken cancellationToken)
    {
        var total = 0;
        Volatile.Write(ref _asked, true);

        // Asked again between the last look and the release: whoever sees it first takes it.
        while (Volatile.Read(ref _asked) && await _one.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            try
            {
                Volatile.Write(ref _asked, false);
                total += await run(cancellationToken);
            }
            finally
            {
                _one.Release();
            }
        }

        return total;
    }

    public void Dispose() => _one.Dispose();
}
