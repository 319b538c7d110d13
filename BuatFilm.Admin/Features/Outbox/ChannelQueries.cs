using System.Collections.Immutable;
using BuatFilm.Admin.Data;
using BuatFilm.Core;
using BuatFilm.Core.Outbox;

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
internal sealed class ChannelQueries(Databases databases)
{
    private const string Sql = """
        with clock as materialized (select app_now() as now),
        lately as materialized (
            select a.message_id, a.ended_at from notification_attempts a, clock
            where a.result = 'delivered' and a.ended_at > clock.now - interval '1 hour'
            limit $2),
        sent as (
            select m.channel, count(*) as hour, count(*) filter (where l.ended_at > clock.now - interval '1 minute') as minute
            from lately l join notification_outbox m on m.id = l.message_id, clock
            group by m.channel)
        select c.channel,
               (select count(*) from (select 1 from outbox_queue q where q.channel = c.channel limit $2) q),
               greatest(interval '0', coalesce(clock.now - (select min(q.due_at) from outbox_queue q where q.channel = c.channel), interval '0')),
               (select count(*) from (select 1 from outbox_dead d where d.channel = c.channel limit $2) d),
               coalesce(s.hour, 0), coalesce(s.minute, 0)
        from unnest($1::text[]) with ordinality c(channel, place) left join sent s on s.channel = c.channel, clock
        order by c.place
        """;

    public async Task<OutboxSummary> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        return new OutboxSummary(
        [
            .. await connection.ListAsync(
                Sql,
                reader => new ChannelFigures(
                    WireName<Channel>.Parse(reader.GetString(0)), reader.GetInt64(1), WholeSeconds(reader.GetTimeSpan(2)), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5)),
                cancellationToken,
                WireName<Channel>.All.ToArray(),
                ChannelFigures.CountedUpTo),
        ]);
    }

    private static TimeSpan WholeSeconds(TimeSpan time) => TimeSpan.FromSeconds(Math.Floor(time.TotalSeconds));
}
