using System.Globalization;
using System.Text.Json;
using BuatFilm.Core;
using BuatFilm.Core.Alerts;
using BuatFilm.Core.Outbox;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>Dead letters that share an alert: those of customers in one channel, or all alerts that did not arrive.</summary>
/// <param name="Channel">Null for the alerts.</param>
internal sealed record DeadLetterGroup(Channel? Channel)
{
    public string Kind => Channel is null ? AlertRouting.Undeliverable : "messages_dead_lettered";

    public AlertSeverity Severity => Channel is null ? AlertSeverity.Critical : AlertSeverity.Warning;

    public string DedupeKey => Channel is { } channel ? $"{Kind}:{WireName<Channel>.Of(channel)}" : Kind;

    public static IReadOnlyList<DeadLetterGroup> All { get; } =
        [.. Enum.GetValues<Channel>().Select(channel => new DeadLetterGroup(channel)), new DeadLetterGroup(Channel: null)];
}

/// <summary>What lies in a group, and a sample of it.</summary>
/// <param name="Channels">The channels that they died in.</param>
/// <param name="Orders">Up to five order ids, the newest first.</param>
/// <param name="Codes">The three most frequent codes with their counts.</param>
internal sealed record DeadLetters(DeadLetterFigures Figures, string Channels, string Orders, string Codes);

/// <summary>The group's open alert.</summary>
/// <param name="WasTold">False while its news waits: what it names can still change.</param>
/// <param name="Now">The database's clock.</param>
internal sealed record OpenDeadLetterAlert(long Id, DeadLetterAlert Alert, bool WasTold, int Round, DateTimeOffset Now);

/// <summary>The statements on dead letters and their alerts.</summary>
internal static class DeadLetterRows
{
    private const string Newest = """
        select (select dead_at from outbox_dead order by dead_at desc, message_id desc limit 1),
               exists (select 1 from alerts where dedupe_key = any($1) and resolved_at is null)
        """;

    // The letters of alerts are left out here, and are a group of their own: an alert that dies must not raise the next.
    private const string OfCustomers = """
        from outbox_dead d join notification_outbox m on m.id = d.message_id
        where d.channel = $1 and m.kind <> 'alert'
        """;

    private const string OfAlerts = """
        from (select message_id from alert_notices order by id desc limit 500) n
        join outbox_dead d on d.message_id = n.message_id
        join notification_outbox m on m.id = d.message_id
        where $1::text is null
        """;

    private const string Sample = """
        select (select max(dead_at) from letters),
               (select coalesce(string_agg(distinct channel, ', '), '') from letters),
               (select coalesce(string_agg(order_id, ', ' order by latest desc), '')
                from (select order_id, max(dead_at) as latest from letters where order_id is not null group by order_id order by latest desc limit 5) orders),
               (select coalesce(string_agg(code || ' × ' || times, ', ' order by times desc), '')
                from (select coalesce(a.code, 'none') as code, count(*) as times
                      from letters l left join notification_attempts a on a.message_id = l.message_id and a.attempt = l.attempt
                      group by 1 order by 2 desc limit 3) codes)
        """;

    private const string Open = """
        select id, data, acknowledged_at is not null, last_raised_at, notified_at is not null, (select app_now())
        from alerts where dedupe_key = $1 and resolved_at is null
        for update
        """;

    private const string Former = "select data ->> 'latestAt' from alerts where kind = $1 and dedupe_key = $2 order by raised_at desc, id desc limit 1";

    private const string Raise = """
        insert into alerts (kind, severity, target, data, dedupe_key) values ($1, $2, $3, $4, $5)
        on conflict (dedupe_key) where resolved_at is null do nothing
        """;

    private const string Update = """
        update alerts
        set data = $2,
            target = $5,
            occurrences = occurrences + case when $3 then 1 else 0 end,
            last_raised_at = case when $3 then (select app_now()) else last_raised_at end,
            notified_at = case when $4 then null else notified_at end
        where id = $1
        """;

    /// <summary>When the newest letter of all died, and whether any alert about letters is open. Two quick looks into indexes.</summary>
    public static async Task<(DateTimeOffset? LatestAt, bool IsAnyOpen)> LookAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Newest);
        command.Parameters.Add(new() { Value = DeadLetterGroup.All.Select(group => group.DedupeKey).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.IsDBNull(0) ? null : reader.GetFieldValue<DateTimeOffset>(0), reader.GetBoolean(1));
    }

    /// <summary>Counts up to <paramref name="limit"/> of a group's letters, and samples its newest 200.</summary>
    public static async Task<DeadLetters> ReadAsync(NpgsqlConnection connection, DeadLetterGroup group, long limit, CancellationToken cancellationToken)
    {
        var source = group.Channel is null ? OfAlerts : OfCustomers;
        await using var command = new NpgsqlCommand(
            $"""
            with letters as (select d.message_id, d.dead_at, d.attempt, d.channel, m.order_id {source} order by d.dead_at desc, d.message_id desc limit 200)
            {Sample}, (select count(*) from (select 1 {source} limit $2) counted)
            """,
            connection);
        command.Parameters.Add(new() { Value = group.Channel is { } channel ? WireName<Channel>.Of(channel) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);

        return new DeadLetters(
            new DeadLetterFigures(reader.GetInt64(4), reader.IsDBNull(0) ? null : reader.GetFieldValue<DateTimeOffset>(0)),
            reader.GetString(1),
            reader.GetString(2),
            reader.GetString(3));
    }

    /// <summary>Locks the group's open alert.</summary>
    public static async Task<OpenDeadLetterAlert?> OpenAsync(NpgsqlConnection connection, DeadLetterGroup group, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Open, connection) { Parameters = { new() { Value = group.DedupeKey } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var data = AlertData.Read(reader.GetString(1));
        var lastNewAt = reader.GetFieldValue<DateTimeOffset>(3);
        return new OpenDeadLetterAlert(
            reader.GetInt64(0),
            new DeadLetterAlert(Number("count"), Number("toldCount"), InstantOf(data.GetValueOrDefault("latestAt")) ?? lastNewAt, reader.GetBoolean(2), lastNewAt),
            reader.GetBoolean(4),
            (int)Math.Clamp(Number("round"), 1, 1_000_000),
            reader.GetFieldValue<DateTimeOffset>(5));

        long Number(string key) => long.TryParse(data.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    /// <returns>The newest letter that the group's last alert had seen; null when there was no alert.</returns>
    public static async Task<DateTimeOffset?> FormerLatestAsync(NpgsqlConnection connection, DeadLetterGroup group, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Former, connection) { Parameters = { new() { Value = group.Kind }, new() { Value = group.DedupeKey } } };
        return InstantOf(await command.ExecuteScalarAsync(cancellationToken) as string);
    }

    /// <returns>False when another node was faster.</returns>
    public static async Task<bool> RaiseAsync(NpgsqlConnection connection, DeadLetterGroup group, DeadLetters letters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Raise, connection);
        command.Parameters.Add(new() { Value = group.Kind });
        command.Parameters.Add(new() { Value = WireName<AlertSeverity>.Of(group.Severity) });
        command.Parameters.Add(new() { Value = letters.Channels });
        command.Parameters.Add(Data(letters, letters.Figures.Count, round: 1));
        command.Parameters.Add(new() { Value = group.DedupeKey });
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <param name="isNew">True when letters came, false when they only went.</param>
    /// <param name="tellAgain">True when they are to be told once more.</param>
    public static async Task UpdateAsync(NpgsqlConnection connection, OpenDeadLetterAlert open, DeadLetters letters, bool isNew, bool tellAgain, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Update, connection);
        command.Parameters.Add(new() { Value = open.Id });
        command.Parameters.Add(Data(letters, tellAgain || !open.WasTold ? letters.Figures.Count : open.Alert.ToldCount, tellAgain && open.WasTold ? open.Round + 1 : open.Round));
        command.Parameters.Add(new() { Value = isNew });
        command.Parameters.Add(new() { Value = tellAgain });
        command.Parameters.Add(new() { Value = letters.Channels });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Data(DeadLetters letters, long toldCount, int round) => new()
    {
        NpgsqlDbType = NpgsqlDbType.Jsonb,
        Value = JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["count"] = Text(letters.Figures.Count),
            ["orders"] = letters.Orders,
            ["codes"] = letters.Codes,
            ["latestAt"] = letters.Figures.LatestAt?.ToString("O", CultureInfo.InvariantCulture) ?? "",
            ["toldCount"] = Text(toldCount),
            ["round"] = Text(round),
        }),
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset? InstantOf(string? text) =>
        DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at : null;
}
