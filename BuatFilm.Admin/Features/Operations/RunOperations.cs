using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>Works on every operation that is due, a batch of each in turn, so that a large one holds up no small one.</summary>
/// <remarks>Any number of nodes may: an operation belongs to one at a time, and what a dead one held goes on where its last commit ended.</remarks>
internal sealed class RunOperations(OperationRows rows, LeaseHolder identity, Wakes wakes, IOptions<OperationsOptions> options, TimeProvider time, ILogger<RunOperations> logger) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private long _dueUntil;
    private bool _holds;

    /// <summary>True while messages that this node requeued are still to fall due.</summary>
    public bool AreFallingDue => time.GetTimestamp() < Interlocked.Read(ref _dueUntil);

    /// <summary>Runs until nothing is left to do. When this node is at it already, the call returns at once.</summary>
    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        if (!await _one.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            return;
        }

        try
        {
            while (!cancellationToken.IsCancellationRequested && identity.Current is { } owner && await RunRoundAsync(owner, cancellationToken))
            {
            }
        }
        finally
        {
            if (_holds)
            {
                await ReleaseAsync();
                _holds = false;
            }

            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    /// <returns>False when nothing is due, or something failed and had better wait for the next sweep.</returns>
    private async Task<bool> RunRoundAsync(Guid owner, CancellationToken cancellationToken)
    {
        var claimed = await rows.ClaimAsync(owner, cancellationToken);
        _holds = claimed.Count > 0;
        var failed = false;
        foreach (var id in claimed)
        {
            try
            {
                await RunBatchAsync(id, owner, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
#pragma warning disable CA1031 // One that fails must not keep the others from their turn. Nothing of its batch was kept.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failed = true;
                logger.LogError(exception, "A batch of operation {OperationId} failed; it is tried again at the next sweep.", id);
            }
        }

        return claimed.Count > 0 && !failed;
    }

    private async Task RunBatchAsync(Guid id, Guid owner, CancellationToken cancellationToken)
    {
        var result = await rows.RunBatchAsync(id, owner, options.Value.RequeuePerSecond, cancellationToken);
        if (result is { Moved: > 0 })
        {
            var until = time.GetTimestamp() + (long)(result.DueIn.TotalSeconds * time.TimestampFrequency);
            Interlocked.Exchange(ref _dueUntil, Math.Max(until, Interlocked.Read(ref _dueUntil)));
            wakes.Outbox.Wake();
        }

        if (result is { IsLast: true })
        {
            logger.LogInformation("Operation {OperationId} is finished: {Done} done, {Skipped} skipped.", id, result.Done, result.Skipped);
        }
    }

    /// <summary>Lets go of what is not finished, so that another node need not wait for the lease.</summary>
    private async Task ReleaseAsync()
    {
        if (identity.Current is not { } owner)
        {
            return;
        }

        try
        {
            await rows.ReleaseAsync(owner, CancellationToken.None);
        }
#pragma warning disable CA1031 // The leases end by themselves.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.LogDebug(exception, "The leases of operations could not be released.");
        }
    }
}
