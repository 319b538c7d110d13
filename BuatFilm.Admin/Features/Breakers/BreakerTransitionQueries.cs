using System.Globalization;
using System.Text;
using System.Text.Json;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;
using Npgsql;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>One change of one node's breaker, as programs and pages read it.</summary>
/// <param name="Machine">Where the node ran; null when nobody remembers it.</param>
/// <param name="Cause">A wire name of <see cref="Core.Breakers.BreakerCause"/>.</param>
/// <param name="Figures">The counts that decided it; flat.</param>
internal sealed record BreakerTransitionItem(
    long Id,
    string Service,
    Guid NodeId,
    string? Machine,
    string From,
    string To,
    string Cause,
    DateTimeOffset At,
    DateTimeOffset? RetryAt,
    JsonElement Figures);

/// <summary>One change as the page lists it.</summary>
/// <param name="Cause">A wire name of <see cref="BreakerCause"/>.</param>
/// <param name="EndedAt">When the outage that began with it was over on that node; null for other changes, and while it lasts.</param>
/// <param name="Figures">The counts that decided it, a flat JSON object.</param>
public sealed record BreakerTransitionRow(
    long Id,
    ExternalService Service,
    string? Machine,
    BreakerState From,
    BreakerState To,
    string Cause,
    DateTimeOffset At,
    DateTimeOffset? RetryAt,
    DateTimeOffset? EndedAt,
    string Figures)
{
    /// <summary>True for what cut the service off.</summary>
    public bool BeginsAnOutage => From == BreakerState.Closed && To is BreakerState.Open or BreakerState.Isolated;
}

/// <summary>A change with the alert that it raised.</summary>
public sealed record BreakerTransitionDetails(BreakerTransitionRow Row, long? AlertId);

/// <summary>The history of the breakers.</summary>
internal sealed class BreakerTransitionQueries(Databases databases)
{
    private const string Sql = """
        select t.id, t.service, t.node_id, n.machine_name, t.from_state, t.to_state, t.cause, t.at, t.retry_at, t.figures::text
        from breaker_transitions t left join node_status n on n.node_id = t.node_id
        where t.service = $1 and t.id < $2
        order by t.id desc
        limit $3
        """;

    /// <summary>Newest first.</summary>
    /// <param name="before">Only those below this id.</param>
    public async Task<Page<BreakerTransitionItem>> ReadAsync(ExternalService service, long before, int size, CancellationToken cancellationToken)
    {
        await using var command = databases.Pages.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = ServiceName.Of(service) });
        command.Parameters.Add(new() { Value = before });
        command.Parameters.Add(new() { Value = size + 1 });
        var rows = new List<BreakerTransitionItem>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new BreakerTransitionItem(
                reader.GetInt64(0),
                reader.GetString(1),
                reader.GetGuid(2),
                reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.GetString(4),
                reader.GetString(5),
                reader.GetString(6),
                reader.GetFieldValue<DateTimeOffset>(7).ToUniversalTime(),
                reader.IsDBNull(8) ? null : reader.GetFieldValue<DateTimeOffset>(8).ToUniversalTime(),
                JsonElement.Parse(reader.GetString(9))));
        }

        return rows.ToPage(size, row => Cursor.Of(row.Id.ToString(CultureInfo.InvariantCulture)));
    }

    // Looked for among the next changes of the service only: a node that stopped took its outage with it.
    private const string Rows = """
        select t.id, t.service, n.machine_name, t.from_state, t.to_state, t.cause, t.at, t.retry_at,
               case when t.from_state = 'closed' and t.to_state in ('open', 'isolated') then coalesce(ended.at, n.stopped_at) end, t.figures::text
        from breaker_transitions t
        left join node_status n on n.node_id = t.node_id
        left join lateral (
            select later.at
            from (select l.id, l.at, l.node_id, l.to_state from breaker_transitions l where l.service = t.service and l.id > t.id order by l.id limit 500) later
            where t.from_state = 'closed' and t.to_state in ('open', 'isolated') and later.node_id = t.node_id and later.to_state = 'closed'
            order by later.id
            limit 1) ended on true
        """;

    private const string AlertOf = """
        select a.id from alerts a
        where a.kind in ('breaker_opened', 'service_misconfigured') and a.target = $1 and a.raised_at <= $2 + interval '30 seconds'
          and (a.resolved_at is null or a.resolved_at >= $2)
        order by a.raised_at desc, a.id desc
        limit 1
        """;

    /// <summary>Of all services, or as the filters <c>service</c>, <c>state</c> and <c>at</c> want it; newest first.</summary>
    public async Task<PagedRows<BreakerTransitionRow>> ReadAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        if (!TryReadCursor(query.Cursor, out var before))
        {
            return PagedRows<BreakerTransitionRow>.UnknownCursor;
        }

        await using var command = databases.Pages.CreateCommand();
        command.CommandText = $"{Rows} {Where(command, query)} and t.id < {Add(command, before)} order by t.id desc limit {Add(command, query.Size + 1)}";
        var page = (await ReadRowsAsync(command, cancellationToken)).ToPage(query.Size, row => Cursor.Of(row.Id.ToString(CultureInfo.InvariantCulture)));
        return new PagedRows<BreakerTransitionRow>(page.Items, page.NextCursor);
    }

    /// <summary>How many match, up to <see cref="PagedRows.CountedUpTo"/>.</summary>
    public async Task<long> CountAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        await using var command = databases.Pages.CreateCommand();
        command.CommandText = $"select count(*) from (select 1 from breaker_transitions t {Where(command, query)} limit {Add(command, PagedRows.CountedUpTo)}) counted";
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <returns>Null when there is no such change.</returns>
    public async Task<BreakerTransitionDetails?> FindAsync(long id, CancellationToken cancellationToken)
    {
        await using var command = databases.Pages.CreateCommand();
        command.CommandText = $"{Rows} where t.id = {Add(command, id)}";
        if (await ReadRowsAsync(command, cancellationToken) is not [var row])
        {
            return null;
        }

        await using var alert = databases.Pages.CreateCommand(AlertOf);
        alert.Parameters.Add(new() { Value = ServiceName.Of(row.Service) });
        alert.Parameters.Add(new() { Value = row.At });
        return new BreakerTransitionDetails(row, row.BeginsAnOutage ? (long?)await alert.ExecuteScalarAsync(cancellationToken) : null);
    }

    private static string Where(NpgsqlCommand command, PagedQuery query)
    {
        // Written for the filters that there are: a statement with "or" for those that are not would use no index.
        var sql = new StringBuilder("where true");
        if (query["service"] is { } service)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and t.service = {Add(command, service)}");
        }

        if (query["state"] is { } state)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and t.to_state = {Add(command, state)}");
        }

        if (query.From("at") is { } from)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and t.at >= {Add(command, from)}");
        }

        if (query.Before("at") is { } until)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and t.at < {Add(command, until)}");
        }

        return sql.ToString();
    }

    private static async Task<List<BreakerTransitionRow>> ReadRowsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var rows = new List<BreakerTransitionRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new BreakerTransitionRow(
                reader.GetInt64(0),
                ServiceName.Parse(reader.GetString(1)),
                reader.Text(2),
                WireName<BreakerState>.Parse(reader.GetString(3)),
                WireName<BreakerState>.Parse(reader.GetString(4)),
                reader.GetString(5),
                reader.Instant(6),
                reader.InstantOrNull(7),
                reader.InstantOrNull(8),
                reader.GetString(9)));
        }

        return rows;
    }

    private static string Add(NpgsqlCommand command, object value)
    {
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        return $"${command.Parameters.Count.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <returns>False for a cursor that is not one of these.</returns>
    public static bool TryReadCursor(string? cursor, out long before)
    {
        before = long.MaxValue;
        return string.IsNullOrEmpty(cursor)
            || (Cursor.TryRead(cursor, 1, out var parts) && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out before));
    }
}
