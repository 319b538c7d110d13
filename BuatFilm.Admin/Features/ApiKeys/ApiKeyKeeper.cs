using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;

namespace BuatFilm.Admin.Features.ApiKeys;

/// <summary>Keeps this node's keyring as the database has it, and writes down which keys are used.</summary>
/// <remarks>A poll every few seconds, so that a key made or revoked on whatever node counts on all of them; this node's own changes at once.</remarks>
internal sealed class ApiKeyKeeper(ApiKeyRows rows, ApiKeyring keyring, TimeProvider time, ILogger<ApiKeyKeeper> logger) : BackgroundService, IReadinessCondition
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan MarkEvery = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _one = new(1);
    private volatile bool _isMet;
    private DateTimeOffset _markedAt = DateTimeOffset.MinValue;

    public string Name => "the API keys are not loaded";

    public bool IsMet => _isMet;

    /// <summary>Reads the keys now.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        // One after the other: an older answer must not replace a newer one.
        await _one.WaitAsync(cancellationToken);
        try
        {
            keyring.Load(await rows.OpenAsync(cancellationToken));
            _isMet = true;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Reads the keys now if that can be done, and else within <see cref="Period"/>: what was asked for is done either way.</summary>
    public Task TryReloadAsync(CancellationToken cancellationToken) => RoundAsync(cancellationToken);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RoundAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Period, time, stoppingToken);
            await RoundAsync(stoppingToken);
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReloadAsync(cancellationToken);
            if (time.GetUtcNow() - _markedAt >= MarkEvery && keyring.TakeUses() is { Count: > 0 } uses)
            {
                _markedAt = time.GetUtcNow();
                await rows.MarkUsedAsync(uses, cancellationToken);
            }
        }
#pragma warning disable CA1031 // Whatever went wrong, the keys of before go on: callers are known while the database is away, and the node does not end over it.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.LogDebug("The API keys could not be read: {Reason}.", exception.Message);
        }
    }
}
