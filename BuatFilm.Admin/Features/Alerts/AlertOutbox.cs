using System.Text.Json;
using BuatFilm.Core;
using BuatFilm.Core.Alerts;
using BuatFilm.Core.Outbox;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>An alert that still has something to tell, locked by this transaction.</summary>
/// <param name="Round">How often its beginning is told; above 1 when it has grown out of proportion.</param>
/// <param name="Told">The channels that carried its beginning.</param>
internal sealed record WaitingAlert(AlertFacts Facts, bool WasTold, int Round, IReadOnlyList<Channel> Told);

/// <summary>News that has not arrived where it was sent.</summary>
/// <param name="Tried">The channels that carry it.</param>
internal sealed record StuckNews(AlertFacts Facts, AlertNoticeKind Kind, int Round, IReadOnlyList<Channel> Tried);

/// <summary>The statements by which alerts become outbox messages.</summary>
internal static class AlertOutbox
{
    /// <summary>Attempts at one message before it is a dead letter; waiting for a service that is down is none.</summary>
    private const int MaxAttempts = 8;

    private const string Columns = "a.id, a.kind, a.severity, a.target, a.data, a.raised_at, a.resolved_at, a.occurrences, a.notified_at is not null, case when a.data ->> 'round' ~ '^[0-9]+$' then (a.data ->> 'round')::int else 1 end";

    /// <summary>
    /// A moment's patience merges what is over at once into one message. What is said of the database waits longer: since it
    /// answers this very statement, that is about to be over.
    /// </summary>
    private const string Waiting = $"""
        select {Columns},
               (select coalesce(array_agg(distinct m.channel), array[]::text[]) from alert_notices n join notification_outbox m on m.id = n.message_id where n.alert_id = a.id and n.kind = 'raised')
        from alerts a
        where (a.notified_at is null or (a.resolved_at is not null and a.resolved_notified_at is null))
          and (a.resolved_at is not null
               or a.last_raised_at <= (select app_now()) - make_interval(secs => case when a.target = 'database' then 15 else 1 end)
               or a.raised_at <= (select app_now()) - interval '1 minute')
        order by a.id
        limit $1
        for update of a skip locked
        """;

    private const string ToldLately = """
        select count(*) from alerts
        where kind = $1 and raised_at > (select app_now()) - interval '1 day' and notified_at > (select app_now()) - interval '10 minutes'
          and exists (select 1 from alert_notices n where n.alert_id = alerts.id)
        """;

    private const string Write = """
        with news as (
            select * from unnest($3::text[], $4::text[]) as t(channel, recipient)),
        message as (
            insert into notification_outbox (kind, channel, recipient, locale, data, dedupe_key, max_attempts)
            select 'alert', news.channel, news.recipient, $5, $6, concat_ws(':', 'alert', $1::text, $2::text, $7::text, news.channel, news.recipient), $8 from news
            on conflict (dedupe_key) do nothing
            returning id, channel, max_attempts, created_at),
        queued as (
            insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit)
            select id, channel, created_at, 0, max_attempts from message)
        insert into alert_notices (alert_id, kind, message_id) select $1, $2, id from message
        """;

    private const string MarkTold = """
        update alerts
        set notified_at = coalesce(notified_at, (select app_now())),
            resolved_notified_at = case when resolved_at is not null then coalesce(resolved_notified_at, (select app_now())) end
        where id = $1
        """;

    /// <summary>Per channel: if none of its recipients has it, it is stuck. Only the last notices are looked at, and only while they are fresh.</summary>
    private const string Standing = """
        from (select * from alert_notices order by id desc limit 500) n
        join notification_outbox m on m.id = n.message_id
        left join outbox_queue q on q.message_id = n.message_id
        left join outbox_dead d on d.message_id = n.message_id
        where n.created_at > (select app_now()) - interval '1 day'
        group by n.alert_id, n.kind, m.channel
        """;

    private const string IsStuck = "bool_and(q.message_id is not null or d.message_id is not null) and (max(n.created_at) <= (select app_now()) - $1 or bool_and(d.message_id is not null))";

    private const string Stuck = $"""
        select {Columns}, stuck.kind, stuck.channels
        from (select alert_id, kind, array_agg(channel) as channels
              from (select n.alert_id, n.kind, m.channel, {IsStuck} as is_stuck {Standing}) standing
              group by alert_id, kind
              having bool_or(is_stuck)) stuck
        join alerts a on a.id = stuck.alert_id
        where stuck.kind = 'resolved' or a.resolved_at is null
        order by a.id
        for update of a skip locked
        """;

    private const string Look = $"""
        select exists (select 1 from alerts where notified_at is null or (resolved_at is not null and resolved_notified_at is null))
               or exists (select 1 {Standing} having {IsStuck})
        """;

    /// <summary>One quick question: may there be anything to tell?</summary>
    public static async Task<bool> IsAnythingWaitingAsync(NpgsqlDataSource database, TimeSpan escalation, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Look);
        command.Parameters.Add(new() { Value = escalation });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Locks what is to be told, oldest first; what another node has locked is left to it.</summary>
    public static async Task<List<WaitingAlert>> WaitingAsync(NpgsqlConnection connection, int limit, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Waiting, connection) { Parameters = { new() { Value = limit } } };
        var waiting = new List<WaitingAlert>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            waiting.Add(new WaitingAlert(FactsOf(reader), reader.GetBoolean(8), reader.GetInt32(9), ChannelsOf(reader, 10)));
        }

        return waiting;
    }

    /// <summary>Locks the alerts whose news is stuck.</summary>
    public static async Task<List<StuckNews>> StuckAsync(NpgsqlConnection connection, TimeSpan escalation, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Stuck, connection) { Parameters = { new() { Value = escalation } } };
        var stuck = new List<StuckNews>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            stuck.Add(new StuckNews(FactsOf(reader), WireName<AlertNoticeKind>.Parse(reader.GetString(10)), reader.GetInt32(9), ChannelsOf(reader, 11)));
        }

        return stuck;
    }

    /// <summary>How many alerts of the kind people were told of in the last ten minutes.</summary>
    public static async Task<long> ToldLatelyAsync(NpgsqlConnection connection, string kind, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ToldLately, connection) { Parameters = { new() { Value = kind } } };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Puts one message per recipient into the outbox; who has it already gets none.</summary>
    /// <returns>How many were new.</returns>
    public static async Task<int> WriteAsync(
        NpgsqlConnection connection,
        long alertId,
        AlertNoticeKind kind,
        int round,
        IReadOnlyList<(Channel Channel, string Recipient)> recipients,
        string language,
        IReadOnlyDictionary<string, string> data,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Write, connection);
        command.Parameters.Add(new() { Value = alertId });
        command.Parameters.Add(new() { Value = WireName<AlertNoticeKind>.Of(kind) });
        command.Parameters.Add(new() { Value = recipients.Select(recipient => WireName<Channel>.Of(recipient.Channel)).ToArray() });
        command.Parameters.Add(new() { Value = recipients.Select(recipient => recipient.Recipient).ToArray() });
        command.Parameters.Add(new() { Value = language });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(data), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = round });
        command.Parameters.Add(new() { Value = MaxAttempts });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Notes that what is known of the alert was handed on, or is for nobody.</summary>
    public static async Task MarkToldAsync(NpgsqlConnection connection, long alertId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(MarkTold, connection) { Parameters = { new() { Value = alertId } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static AlertFacts FactsOf(NpgsqlDataReader reader) => new(
        reader.GetInt64(0),
        reader.GetString(1),
        WireName<AlertSeverity>.Parse(reader.GetString(2)),
        reader.IsDBNull(3) ? null : reader.GetString(3),
        AlertData.Read(reader.GetString(4)),
        reader.GetFieldValue<DateTimeOffset>(5),
        reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6),
        reader.GetInt32(7));

    private static List<Channel> ChannelsOf(NpgsqlDataReader reader, int column) => [.. reader.GetFieldValue<string[]>(column).Select(WireName<Channel>.Parse)];
}
