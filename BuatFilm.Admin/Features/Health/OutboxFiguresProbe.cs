using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Health;
using BuatFilm.Core.Outbox;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Health;

/// <summary>Counts what waits in the outbox, and which alerts wait for a person, every five seconds, and after every change while pages are open; once a node, however many.</summary>
internal sealed class OutboxFiguresProbe(Databases databases, StatusBoard board, ChangeTicker ticker, TimeProvider time, ILogger<OutboxFiguresProbe> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <summary>Whoever asks for figures is given these, however often he asks.</summary>
    private static readonly TimeSpan FreshEnough = TimeSpan.FromSeconds(1);

    /// <summary>How long a question may wait for a count; then it is answered with the last one.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    private readonly SemaphoreSlim _one = new(1);
    private readonly WakeSignal _soon = new();

    /// <summary>The counts stop at a cap, and the oldest is looked up per channel, where an index begins with it.</summary>
    private const string Sql = """
        select (select count(*) from (select 1 from outbox_queue limit $2) queue),
               (select coalesce(extract(epoch from greatest(interval '0', (select app_now()) - min(due.due_at))), 0)::double precision
                from unnest($1) as channels (channel)
                cross join lateral (
                    select due_at from outbox_queue q where q.channel = channels.channel order by q.due_at limit 1) due),
               (select count(*) from (select 1 from outbox_dead limit $2) dead),
               (select count(*) from (select 1 from alerts where resolved_at is null and acknowledged_at is null limit $2) alerts)
        """;

    private bool IsFresh => board.Current.Outbox is { } figures && time.GetUtcNow() - figures.At < FreshEnough;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Whoever has just taken an alert on wants to see its number go, on every page that is open anywhere.
        ticker.Changed += _soon.Wake;
        try
        {
            while (true)
            {
                await CountAsync(stoppingToken);
                await Task.Delay(StatusBoard.Interval, time, stoppingToken);
                await _soon.WaitAsync(Period - StatusBoard.Interval, time, stoppingToken);
            }
        }
        finally
        {
            ticker.Changed -= _soon.Wake;
        }
    }

    /// <summary>Counts, unless somebody has just now. Never waits for long, and not at all while the database is known to be away.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (IsFresh || board.Current[ExternalService.Database].Health == ServiceHealth.Unhealthy)
        {
            return;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await _one.WaitAsync(patience.Token);
            try
            {
                if (!IsFresh)
                {
                    await CountAsync(patience.Token);
                }
            }
            finally
            {
                _one.Release();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The last count carries its time.
        }
    }

    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    /// <summary>One count. When it fails the board keeps the last figures, which carry their time.</summary>
    internal async Task CountAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = databases.Probes.CreateCommand(Sql);
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. WireName<Channel>.All], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = OutboxFigures.CountedUpTo });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var figures = new OutboxFigures(reader.GetInt64(0), TimeSpan.FromSeconds(reader.GetDouble(1)), reader.GetInt64(2), time.GetUtcNow());

            var alerts = reader.GetInt64(3);

            board.Publish(snapshot => snapshot with { Outbox = figures, WaitingAlerts = alerts });
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            // The database probe says loudly that the database is away; once is enough.
            logger.LogDebug(exception, "The outbox could not be counted.");
        }
    }
}
