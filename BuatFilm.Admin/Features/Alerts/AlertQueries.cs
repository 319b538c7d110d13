using System.Globalization;
using System.Text;
using System.Text.Json;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Core;
using BuatFilm.Core.Alerts;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>Which alerts are wanted.</summary>
internal enum AlertState
{
    Open,
    Resolved,
}

/// <summary>Alerts with the delivery of their news, newest first.</summary>
internal sealed class AlertQueries(Databases databases, AlertWords words)
{
    private const string Sql = """
        select a.id, a.kind, a.severity, a.target, a.data, a.raised_at, a.resolved_at, a.occurrences, a.last_raised_at,
               a.notified_at, a.resolved_notified_at, a.acknowledged_at, a.acknowledged_by, coalesce(n.notices, '[]')
        from alerts a
        left join lateral (
            select jsonb_agg(jsonb_build_object(
                       'kind', n.kind, 'channel', o.channel, 'recipient', o.recipient, 'createdAt', n.created_at,
                       'status', lower(o.status), 'attempts', o.attempt_count, 'code', o.last_code, 'sentAt', o.sent_at) order by n.id) as notices
            from alert_notices n join outbox_overview o on o.id = n.message_id
            where n.alert_id = a.id) n on true
        where ($1::bigint is null or a.id = $1)
          and ($2::boolean is null or (a.resolved_at is null) = $2)
          and ($3::text is null or a.kind = $3)
          and ($4::timestamptz is null or (a.raised_at, a.id) < ($4, $5))
        order by a.raised_at desc, a.id desc
        limit $6
        """;

    private const string NoteSql = "select reason from audit_log where target = $1 and action = $2 and outcome = 'done' order by id desc limit 1";

    /// <returns>Null when the cursor is not one of this list.</returns>
    public async Task<Page<AlertItem>?> ListAsync(AlertState? state, string? kind, string? cursor, int? limit, CancellationToken cancellationToken)
    {
        DateTimeOffset? before = null;
        var beforeId = 0L;
        if (cursor is not null && !TryReadCursor(cursor, out before, out beforeId))
        {
            return null;
        }

        var size = PageSize.Of(limit);
        var items = await ReadAsync(null, state, kind, before, beforeId, size + 1, cancellationToken);
        return items.ToPage(size, last => CursorOf(last.RaisedAt, last.Id));
    }

    public async Task<AlertItem?> FindAsync(long id, CancellationToken cancellationToken) =>
        (await ReadAsync(id, null, null, null, 0, 1, cancellationToken)).SingleOrDefault();

    /// <summary>As the filters <c>state</c>, <c>severity</c>, <c>kind</c> and <c>at</c> want it; newest first.</summary>
    public async Task<PagedRows<AlertRow>> ReadAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        DateTimeOffset? before = null;
        var beforeId = 0L;
        if (query.Cursor is not null && !TryReadCursor(query.Cursor, out before, out beforeId))
        {
            return PagedRows<AlertRow>.UnknownCursor;
        }

        await using var command = databases.Pages.CreateCommand();
        var sql = new StringBuilder("select a.id, a.kind, a.severity, a.target, a.data::text, a.raised_at, a.last_raised_at, a.occurrences, a.acknowledged_at, a.acknowledged_by, a.resolved_at from alerts a ");
        sql.Append(Where(command, query));
        if (before is { } at)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and (a.raised_at, a.id) < ({Add(command, at)}, {Add(command, beforeId)})");
        }

        command.CommandText = sql.Append(CultureInfo.InvariantCulture, $" order by a.raised_at desc, a.id desc limit {Add(command, query.Size + 1)}").ToString();
        var rows = new List<AlertRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new AlertRow(
                reader.GetInt64(0), reader.GetString(1), WireName<AlertSeverity>.Parse(reader.GetString(2)), reader.Text(3), reader.GetString(4), reader.Instant(5),
                reader.Instant(6), reader.GetInt32(7), reader.InstantOrNull(8), reader.Text(9), reader.InstantOrNull(10)));
        }

        var page = rows.ToPage(query.Size, row => CursorOf(row.RaisedAt, row.Id));
        return new PagedRows<AlertRow>(page.Items, page.NextCursor);
    }

    /// <summary>How many match, up to <see cref="PagedRows.CountedUpTo"/>.</summary>
    public async Task<long> CountAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        await using var command = databases.Pages.CreateCommand();
        command.CommandText = $"select count(*) from (select 1 from alerts a {Where(command, query)} limit {Add(command, PagedRows.CountedUpTo)}) counted";
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>What somebody who takes an alert on wrote for colleagues; null for none.</summary>
    public async Task<string?> NoteOfAsync(long id, CancellationToken cancellationToken)
    {
        await using var command = databases.Pages.CreateCommand(NoteSql);
        command.Parameters.Add(new() { Value = AcknowledgeAlerts.TargetOf(id) });
        command.Parameters.Add(new() { Value = AcknowledgeAlerts.Permission });
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>The newest of those selected that last and that nobody has taken on.</summary>
    public async Task<IReadOnlyList<long>> WaitingAsync(ListSelection selection, int atMost, CancellationToken cancellationToken)
    {
        await using var command = databases.Pages.CreateCommand();
        var selected = selection.Matching is { } query ? Where(command, query) : $"where a.id = any({Add(command, selection.Keys.Select(key => long.Parse(key, CultureInfo.InvariantCulture)).ToArray())})";
        command.CommandText = $"select a.id from alerts a {selected} and a.acknowledged_at is null and a.resolved_at is null order by a.raised_at desc, a.id desc limit {Add(command, atMost)}";
        var ids = new List<long>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetInt64(0));
        }

        return ids;
    }

    private static string Where(NpgsqlCommand command, PagedQuery query)
    {
        // Written for the filters that there are: a statement with "or" for those that are not would use no index.
        var sql = new StringBuilder("where true");
        sql.Append(query["state"] switch
        {
            AlertRow.Open => " and a.resolved_at is null and a.acknowledged_at is null",
            AlertRow.Acknowledged => " and a.resolved_at is null and a.acknowledged_at is not null",
            AlertRow.Resolved => " and a.resolved_at is not null",
            AlertRow.Unresolved => " and a.resolved_at is null",
            _ => "",
        });
        if (query["severity"] is { } severity)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and a.severity = {Add(command, severity)}");
        }

        if (query["kind"] is { } kind)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and a.kind = {Add(command, kind)}");
        }

        if (query.From("at") is { } from)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and a.raised_at >= {Add(command, from)}");
        }

        if (query.Before("at") is { } until)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and a.raised_at < {Add(command, until)}");
        }

        return sql.ToString();
    }

    private static string Add(NpgsqlCommand command, object value)
    {
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        return $"${command.Parameters.Count.ToString(CultureInfo.InvariantCulture)}";
    }

    private static string CursorOf(DateTimeOffset raisedAt, long id) => Cursor.Of(raisedAt.ToString("O", CultureInfo.InvariantCulture), id.ToString(CultureInfo.InvariantCulture));

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

    private async Task<List<AlertItem>> ReadAsync(long? id, AlertState? state, string? kind, DateTimeOffset? before, long beforeId, int count, CancellationToken cancellationToken)
    {
        await using var command = databases.Pages.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = state is { } wanted ? wanted == AlertState.Open : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Boolean });
        command.Parameters.Add(new() { Value = (object?)kind ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)before ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = beforeId });
        command.Parameters.Add(new() { Value = count });
        var items = new List<AlertItem>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            items.Add(ItemOf(reader));
        }

        return items;
    }

    private AlertItem ItemOf(NpgsqlDataReader reader)
    {
        var facts = new AlertFacts(
            reader.GetInt64(0),
            reader.GetString(1),
            WireName<AlertSeverity>.Parse(reader.GetString(2)),
            reader.IsDBNull(3) ? null : reader.GetString(3),
            AlertData.Read(reader.GetString(4)),
            reader.GetFieldValue<DateTimeOffset>(5),
            At(6),
            reader.GetInt32(7));
        var wording = words.Of(facts, facts.ResolvedAt is null ? AlertNews.Raised : AlertNews.Passed, AlertTexts.English);

        return new AlertItem(
            facts.Id,
            facts.Kind,
            reader.GetString(2),
            facts.Target,
            wording.Title,
            wording.What,
            facts.Data,
            facts.RaisedAt,
            reader.GetFieldValue<DateTimeOffset>(8),
            facts.Occurrences,
            At(9),
            At(11),
            reader.IsDBNull(12) ? null : reader.GetString(12),
            facts.ResolvedAt,
            At(10),
            JsonSerializer.Deserialize<IReadOnlyList<AlertNoticeItem>>(reader.GetString(13), ApiJson.Options)!);

        DateTimeOffset? At(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
    }
}

/// <summary>One alert, with what became of its news.</summary>
/// <param name="Target">What it is about: an order, a service, a channel.</param>
/// <param name="Title">What happened, in English.</param>
/// <param name="Data">What it holds; part of it may have been written by others.</param>
/// <param name="Occurrences">How often it was raised while it lasted.</param>
/// <param name="NotifiedAt">When its news was handed to the outbox, or found to be for nobody.</param>
public sealed record AlertItem(
    long Id,
    string Kind,
    string Severity,
    string? Target,
    string Title,
    string Summary,
    IReadOnlyDictionary<string, string> Data,
    DateTimeOffset RaisedAt,
    DateTimeOffset LastRaisedAt,
    int Occurrences,
    DateTimeOffset? NotifiedAt,
    DateTimeOffset? AcknowledgedAt,
    string? AcknowledgedBy,
    DateTimeOffset? ResolvedAt,
    DateTimeOffset? ResolvedNotifiedAt,
    IReadOnlyList<AlertNoticeItem> Notices);

/// <param name="Kind"><c>raised</c> or <c>resolved</c>.</param>
/// <param name="Status">Of the message: <c>pending</c>, <c>processing</c>, <c>retrying</c>, <c>sent</c> or <c>dlq</c>.</param>
/// <param name="Code">Of the last attempt.</param>
public sealed record AlertNoticeItem(
    string Kind,
    string Channel,
    string Recipient,
    string Status,
    int? Attempts,
    string? Code,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SentAt);
