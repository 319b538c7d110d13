using System.Globalization;
using System.Text;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Core;
using BuatFilm.Core.Degradation;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Degradation;

/// <summary>The level's history, newest first.</summary>
internal sealed class DegradationQueries(Databases databases)
{
    private const string Sql = """
        select c.id, c.at, c.from_level, c.to_level, c.causes, c.node_id, n.machine_name
        from degradation_changes c left join node_status n on n.node_id = c.node_id
        where $1::timestamptz is null or (c.at, c.id) < ($1, $2)
        order by c.at desc, c.id desc
        limit $3
        """;

    // A level lasts until its node sees another one; looked for among the next changes only, for the node may have stopped before.
    private const string Rows = """
        select c.id, c.at, c.from_level, c.to_level, array_to_string(c.causes, ','), coalesce(next.at, n.stopped_at), n.machine_name
        from degradation_changes c
        left join node_status n on n.node_id = c.node_id
        left join lateral (
            select later.at
            from (select l.at, l.id, l.node_id from degradation_changes l where (l.at, l.id) > (c.at, c.id) order by l.at, l.id limit 500) later
            where later.node_id = c.node_id
            order by later.at, later.id
            limit 1) next on true

        """;

    /// <returns>Null when the cursor is not one of this list.</returns>
    public async Task<Page<DegradationChangeItem>?> ChangesAsync(string? cursor, int? limit, CancellationToken cancellationToken)
    {
        DateTimeOffset? before = null;
        var beforeId = 0L;
        if (cursor is not null && !TryReadCursor(cursor, out before, out beforeId))
        {
            return null;
        }

        var size = PageSize.Of(limit);
        await using var command = databases.Pages.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = (object?)before ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = beforeId });
        command.Parameters.Add(new() { Value = size + 1 });
        var changes = new List<DegradationChangeItem>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            changes.Add(new DegradationChangeItem(
                reader.GetInt64(0),
                reader.GetFieldValue<DateTimeOffset>(1),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetFieldValue<string[]>(4),
                reader.GetGuid(5),
                reader.IsDBNull(6) ? null : reader.GetString(6)));
        }

        return changes.ToPage(size, last => CursorOf(last.At, last.Id));
    }

    /// <summary>As the filters <c>level</c>, <c>service</c> and <c>at</c> want it; newest first.</summary>
    public async Task<PagedRows<DegradationChangeRow>> ReadAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        DateTimeOffset? before = null;
        var beforeId = 0L;
        if (query.Cursor is not null && !TryReadCursor(query.Cursor, out before, out beforeId))
        {
            return PagedRows<DegradationChangeRow>.UnknownCursor;
        }

        await using var command = databases.Pages.CreateCommand();
        var sql = new StringBuilder(Rows).Append(Where(command, query));
        if (before is { } at)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and (c.at, c.id) < ({Add(command, at)}, {Add(command, beforeId)})");
        }

        command.CommandText = sql.Append(CultureInfo.InvariantCulture, $" order by c.at desc, c.id desc limit {Add(command, query.Size + 1)}").ToString();
        var rows = new List<DegradationChangeRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new DegradationChangeRow(
                reader.GetInt64(0),
                reader.Instant(1),
                WireName<DegradationLevel>.Parse(reader.GetString(2)),
                WireName<DegradationLevel>.Parse(reader.GetString(3)),
                reader.GetString(4),
                reader.InstantOrNull(5),
                reader.Text(6)));
        }

        var page = rows.ToPage(query.Size, row => CursorOf(row.At, row.Id));
        return new PagedRows<DegradationChangeRow>(page.Items, page.NextCursor);
    }

    /// <summary>How many match, up to <see cref="PagedRows.CountedUpTo"/>.</summary>
    public async Task<long> CountAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        await using var command = databases.Pages.CreateCommand();
        command.CommandText = $"select count(*) from (select 1 from degradation_changes c {Where(command, query)} limit {Add(command, PagedRows.CountedUpTo)}) counted";
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static string Where(NpgsqlCommand command, PagedQuery query)
    {
        // Written for the filters that there are: a statement with "or" for those that are not would use no index.
        var sql = new StringBuilder("where true");
        if (query["level"] is { } level)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and c.to_level = {Add(command, level)}");
        }

        if (query["service"] is { } service)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and {Add(command, service)} = any(c.causes)");
        }

        if (query.From("at") is { } from)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and c.at >= {Add(command, from)}");
        }

        if (query.Before("at") is { } until)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and c.at < {Add(command, until)}");
        }

        return sql.ToString();
    }

    private static string Add(NpgsqlCommand command, object value)
    {
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        return $"${command.Parameters.Count.ToString(CultureInfo.InvariantCulture)}";
    }

    private static string CursorOf(DateTimeOffset at, long id) => Cursor.Of(at.ToString("O", CultureInfo.InvariantCulture), id.ToString(CultureInfo.InvariantCulture));

    private static bool TryReadCursor(string cursor, out DateTimeOffset? before, out long beforeId)
    {
        before = null;
        beforeId = 0;
        if (!Cursor.TryRead(cursor, 2, out var parts)
            || !DateTimeOffset.TryParseExact(parts[0], "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out beforeId))
        {
            return false;
        }

        before = at.ToUniversalTime();
        return true;
    }
}

/// <summary>One change as the page lists it.</summary>
/// <param name="Causes">The services that were down from then on, by their lower-case names with commas between.</param>
/// <param name="Until">When the node next saw another level; null while it lasts, and when the node stopped before.</param>
/// <param name="Node">Its machine; null once nothing is known of it any more.</param>
public sealed record DegradationChangeRow(long Id, DateTimeOffset At, DegradationLevel From, DegradationLevel To, string Causes, DateTimeOffset? Until, string? Node);

/// <param name="Causes">The services that were down from then on, by their lower-case names.</param>
/// <param name="NodeId">The run of the node that saw it.</param>
/// <param name="Node">Its machine; null once nothing is known of it any more.</param>
internal sealed record DegradationChangeItem(long Id, DateTimeOffset At, string From, string To, IReadOnlyList<string> Causes, Guid NodeId, string? Node);
