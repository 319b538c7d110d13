using System.Text.Json;
using BuatFilm.Admin.Data;
using BuatFilm.Core;
using BuatFilm.Core.Outbox;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>A message that this node has claimed.</summary>
/// <param name="AttemptLimit">The attempt after which it is dead.</param>
/// <param name="MaxAttempts">Attempts that one queueing grants.</param>
/// <param name="DueAt">When it was due, before the claim.</param>
/// <param name="Age">Since the message was made.</param>
internal sealed record ClaimedMessage(OutboundMessage Message, int AttemptLimit, int MaxAttempts, DateTimeOffset DueAt, TimeSpan Age)
{
    public DeliveryStanding Standing => new(Message.Attempt, AttemptLimit, Math.Max(1, Message.Attempt - (AttemptLimit - MaxAttempts)), Age);
}

/// <summary>How an attempt ended, and what follows.</summary>
internal sealed record Completion(ClaimedMessage Claimed, DeliveryOutcome Outcome, DeliveryDecision Decision);

/// <summary>The queue's two statements, claim with a lease and complete with the fencing token, and the one after an outage.</summary>
internal sealed class OutboxQueue(NpgsqlDataSource database) : ILeasedWork
{
    // The scan starts where the last claim of this burst ended. Behind it lie the rows that were just claimed, dead
    // for as long as anybody holds an older snapshot, and reading over them is what makes such queues slow.
    private const string Claim = """
        with due as (
            select message_id, due_at from outbox_queue
            where channel = $1 and due_at <= (select app_now()) and due_at >= $2
            order by due_at, message_id
            limit $3
            for update skip locked),
        claimed as (
            update outbox_queue q set attempt = q.attempt + 1, lease_owner = $4, due_at = (select app_now()) + make_interval(secs => $5)
            from due
            where q.message_id = due.message_id
            returning q.message_id, q.attempt, q.attempt_limit, due.due_at)
        select c.message_id, m.message_id, m.order_id, m.kind, m.recipient, m.locale, m.data, c.attempt, c.attempt_limit, m.max_attempts, c.due_at, (select app_now()) - m.created_at
        from claimed c join notification_outbox m on m.id = c.message_id
        order by c.due_at, c.message_id
        """;

    private const string Complete = """
        with clock as materialized (select app_now() as now),
        ended as (
            select * from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::float8[], $9::text[], $11::bool[])
            as t(id, attempt, result, code, error, provider_id, fate, wait, cause, is_stalled)),
        mine as materialized (
            select q.message_id, q.channel, e.*
            from outbox_queue q join ended e on e.id = q.message_id and e.attempt = q.attempt
            where q.lease_owner = $10
            order by q.message_id
            for update of q),
        tried as (
            insert into notification_attempts (message_id, attempt, result, code, error, provider_id, node, ended_at)
            select mine.id, mine.attempt, mine.result, mine.code, mine.error, mine.provider_id, $10, clock.now from mine, clock
            where mine.result <> 'not_tried'),
        over as (
            delete from outbox_queue q using mine where q.message_id = mine.id and mine.fate in ('sent', 'dead')),
        dead as (
            insert into outbox_dead (message_id, channel, cause, attempt, dead_at)
            select mine.id, mine.channel, mine.cause, mine.attempt, clock.now from mine, clock where mine.fate = 'dead'),
        back as (
            update outbox_queue q set lease_owner = null, due_at = clock.now + make_interval(secs => mine.wait), is_stalled = mine.is_stalled,
                                      attempt_limit = q.attempt_limit + case when mine.fate = 'postpone' then 1 else 0 end
            from mine, clock
            where q.message_id = mine.id and mine.fate in ('retry', 'postpone'))
        select id from mine
        """;

    // The message id parts them, which are due at one instant: the oldest goes first.
    private const string ResumeStalled = """
        with waiting as (
            select message_id from outbox_queue
            where channel = $1 and due_at > (select app_now()) and is_stalled and lease_owner is null
            order by due_at, message_id
            limit $2
            for update skip locked)
        update outbox_queue q set due_at = (select app_now()), is_stalled = false
        from waiting where q.message_id = waiting.message_id
        """;

    /// <summary>Rows per statement: small enough that it never holds anybody up.</summary>
    private const int ResumeBatch = 5000;

    /// <summary>Takes what is due, oldest first.</summary>
    /// <param name="from">The scan starts at this due time.</param>
    public async Task<List<ClaimedMessage>> ClaimAsync(Channel channel, DateTimeOffset from, int limit, Guid owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Claim);
        command.Parameters.Add(new() { Value = WireName<Channel>.Of(channel) });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = limit });
        command.Parameters.Add(new() { Value = owner });
        command.Parameters.Add(new() { Value = lease.TotalSeconds });

        var claimed = new List<ClaimedMessage>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var message = new OutboundMessage(
                reader.GetInt64(0),
                reader.GetGuid(1),
                reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.GetString(3),
                channel,
                reader.GetString(4),
                reader.GetString(5),
                JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(6))!,
                reader.GetInt32(7));
            claimed.Add(new ClaimedMessage(message, reader.GetInt32(8), reader.GetInt32(9), reader.GetFieldValue<DateTimeOffset>(10), reader.GetTimeSpan(11)));
        }

        return claimed;
    }

    /// <summary>Writes how attempts ended, in one statement and one commit.</summary>
    /// <returns>The messages that were still ours; another run has taken the others over, and its word counts.</returns>
    public async Task<HashSet<long>> CompleteAsync(IReadOnlyList<Completion> completions, Guid owner, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Complete);
        var parameters = command.Parameters;
        parameters.Add(Column(completions, item => item.Claimed.Message.Id, NpgsqlDbType.Bigint));
        parameters.Add(Column(completions, item => item.Claimed.Message.Attempt, NpgsqlDbType.Integer));
        parameters.Add(Column(completions, item => WireName<DeliveryResult>.Of(item.Outcome.Result), NpgsqlDbType.Text));
        parameters.Add(Column(completions, item => Cut(item.Outcome.Code, 64), NpgsqlDbType.Text));
        parameters.Add(Column(completions, item => Cut(item.Outcome.Error, 1000), NpgsqlDbType.Text));
        parameters.Add(Column(completions, item => item.Outcome.ProviderId, NpgsqlDbType.Text));
        parameters.Add(Column(completions, item => WireName<DeliveryFate>.Of(item.Decision.Fate), NpgsqlDbType.Text));
        parameters.Add(Column(completions, item => item.Decision.Wait.TotalSeconds, NpgsqlDbType.Double));
        parameters.Add(Column(completions, item => item.Decision.Cause, NpgsqlDbType.Text));
        parameters.Add(new() { Value = owner });
        parameters.Add(Column(completions, item => item.Decision.IsStalled, NpgsqlDbType.Boolean));

        var mine = new HashSet<long>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            mine.Add(reader.GetInt64(0));
        }

        return mine;
    }

    /// <summary>Makes due what waited for the channel's service only. What waits for another reason, such as a grey-listed mail, keeps its wait.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> ResumeStalledAsync(Channel channel, CancellationToken cancellationToken)
    {
        var (total, last) = (0, 0);
        do
        {
            await using var command = database.CreateCommand(ResumeStalled);
            command.Parameters.Add(new() { Value = WireName<Channel>.Of(channel) });
            command.Parameters.Add(new() { Value = ResumeBatch });
            last = await command.ExecuteNonQueryAsync(cancellationToken);
            total += last;
        }
        while (last == ResumeBatch);

        return total;
    }

    public async Task<int> ReleaseAsync(Guid deadNode, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("update outbox_queue set lease_owner = null, due_at = least(due_at, (select app_now())) where lease_owner = $1");
        command.Parameters.Add(new() { Value = deadNode });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Column<TValue>(IReadOnlyList<Completion> items, Func<Completion, TValue> value, NpgsqlDbType type) =>
        new() { Value = items.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };

    // The database refuses NUL in text, and a server's words may hold anything.
    private static string? Cut(string? text, int length)
    {
        var clean = text?.Replace("\0", string.Empty, StringComparison.Ordinal);
        return clean is null || clean.Length <= length ? clean : clean[..length];
    }
}
