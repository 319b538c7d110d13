using BuatFilm.Admin.Data;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>What the breakers of all nodes went through lately, for the cards of the page.</summary>
internal sealed class BreakerPastQueries(Databases databases)
{
    // A failed trial opens it again; what cut it off is what people ask for.
    private const string LastOpenings = """
        select s.service, o.id, o.cause, o.at, o.figures ->> 'classes'
        from unnest($1) as s (service)
        cross join lateral (
            select t.id, t.cause, t.at, t.figures from breaker_transitions t
            where t.service = s.service and t.to_state in ('open', 'isolated') and t.from_state <> 'half_open'
            order by t.id desc limit 1) o
        """;

    private const string Moves = """
        select t.service, t.node_id, t.from_state, t.to_state, t.at, n.started_at, n.stopped_at
        from breaker_transitions t left join node_status n on n.node_id = t.node_id
        where t.at >= (select app_now()) - interval '1 hour'
        order by t.at desc, t.id desc
        limit 4000
        """;

    public async Task<BreakersPast> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        var openings = new Dictionary<ExternalService, LastOpening>();
        await using (var command = new NpgsqlCommand(LastOpenings, connection))
        {
            command.Parameters.Add(new() { Value = Enum.GetValues<ExternalService>().Select(ServiceName.Of).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                openings[ServiceName.Parse(reader.GetString(0))] = new LastOpening(reader.GetInt64(1), reader.GetString(2), reader.Instant(3), reader.Text(4));
            }
        }

        var moves = await connection.ListAsync(Moves, NodeMove.Read, cancellationToken);
        moves.Reverse();
        return new BreakersPast(openings, moves.ToLookup(move => move.Service));
    }
}

/// <param name="Openings">The last time each service was cut off; a service that never was is missing.</param>
/// <param name="Moves">Of the last hour, oldest first.</param>
public sealed record BreakersPast(IReadOnlyDictionary<ExternalService, LastOpening> Openings, ILookup<ExternalService, NodeMove> Moves);

/// <param name="Cause">A wire name of <see cref="BreakerCause"/>.</param>
/// <param name="Classes">The classes of the failures before it.</param>
public sealed record LastOpening(long Id, string Cause, DateTimeOffset At, string? Classes);

/// <summary>A move, with the life of the node that made it.</summary>
/// <param name="StartedAt">Null when nobody remembers the node.</param>
/// <param name="StoppedAt">Null while it lives.</param>
public sealed record NodeMove(ExternalService Service, Guid NodeId, StateMove Move, DateTimeOffset? StartedAt, DateTimeOffset? StoppedAt)
{
    internal static NodeMove Read(NpgsqlDataReader reader) => new(
        ServiceName.Parse(reader.GetString(0)),
        reader.GetGuid(1),
        new StateMove(WireName<BreakerState>.Parse(reader.GetString(2)), WireName<BreakerState>.Parse(reader.GetString(3)), reader.Instant(4)),
        reader.InstantOrNull(5),
        reader.InstantOrNull(6));
}
