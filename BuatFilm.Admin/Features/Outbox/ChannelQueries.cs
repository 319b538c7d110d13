using System.Collections.Immutable;
using BuatFilm.Admin.Data;
using BuatFilm.Core;
using BuatFilm.Core.Outbox;
using Npgsql;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>How one channel is doing.</summary>
/// <param name="Pending">Messages to deliver, counted up to <see cref="CountedUpTo"/>.</param>
/// <param name="Oldest">How long the message that is due longest has been due; zero when none is.</param>
/// <param name="Dead">Dead letters, counted up to <see cref="CountedUpTo"/>.</param>
/// <param name="SentLastHour">Counted up to <see cref="CountedUpTo"/> over all channels.</param>
/// <param name="SentLastMinute">Of those.</param>
public sealed record ChannelFigures(Channel Channel, long Pending, TimeSpan Oldest, long Dead, long SentLastHour, long SentLastMinute)
{
    public const long CountedUpTo = 10_001;
}

/// <summary>All channels, compared by value.</summary>
public sealed record OutboxSummary(ImmutableArray<ChannelFigures> Channels)
{
    public bool Equals(OutboxSummary? other) => other is not null && Channels.SequenceEqual(other.Channels);

    public override int GetHashCode() => Channels.Length;
}

/// <summary>Counts what waits, what is dead and what was sent lately, by channel.</summary>
internal sealed class ChannelQueries(Databases databases, TimeProvider time)
{
    /// <summary>What was sent in an hour is read through the attempts, which no index orders by time; so once for this long.</summary>
    private static readonly TimeSpan LatelyIsGoodFor = TimeSpan.FromSeconds(5);

    private const string WaitingSql = """
        select c.channel,
               (select count(*) from (select 1 from outbox_queue q where q.channel = c.channel limit $2) q),
               greatest(interval '0', coalesce((select app_now()) - (select min(q.due_at) from outbox_queue q where q.channel = c.channel), interval '0')),
               (select count(*) from (select 1 from outbox_dead d where d.channel = c.channel limit $2) d)
        from unnest($1::text[]) with ordinality c(channel, place)
        order by c.place
        """;

    private const string LatelySql = """
        with clock as materialized (select app_now() as now),
        lately as materialized (
            select a.message_id, a.ended_at from notification_attempts a, clock
            where a.result = 'delivered' and a.ended_at > clock.now - interval '1 hour'
            limit $1)
        select m.channel, count(*), count(*) filter (where l.ended_at > clock.now - interval '1 minute')
        from lately l join notification_outbox m on m.id = l.message_id, clock
        group by m.channel
        """;

    private Lately? _lately;

    public async Task<OutboxSummary> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        var lately = _lately is { } known && time.GetElapsedTime(known.At) < LatelyIsGoodFor ? known : await CountLatelyAsync(connection, cancellationToken);
        return new OutboxSummary(
        [
            .. await connection.ListAsync(
                WaitingSql,
                reader =>
                {
                    var channel = WireName<Channel>.Parse(reader.GetString(0));
                    var (hour, minute) = lately.Sent.GetValueOrDefault(channel);
                    return new ChannelFigures(channel, reader.GetInt64(1), WholeSeconds(reader.GetTimeSpan(2)), reader.GetInt64(3), hour, minute);
                },
                cancellationToken,
                WireName<Channel>.All.ToArray(),
                ChannelFigures.CountedUpTo),
        ]);
    }

    private async Task<Lately> CountLatelyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var at = time.GetTimestamp();
        var counted = await connection.ListAsync(
            LatelySql,
            reader => (Channel: WireName<Channel>.Parse(reader.GetString(0)), Hour: reader.GetInt64(1), Minute: reader.GetInt64(2)),
            cancellationToken,
            ChannelFigures.CountedUpTo);
        return _lately = new Lately(at, counted.ToDictionary(sent => sent.Channel, sent => (sent.Hour, sent.Minute)));
    }

    private static TimeSpan WholeSeconds(TimeSpan time) => TimeSpan.FromSeconds(Math.Floor(time.TotalSeconds));

    private sealed record Lately(long At, IReadOnlyDictionary<Channel, (long Hour, long Minute)> Sent);
}
