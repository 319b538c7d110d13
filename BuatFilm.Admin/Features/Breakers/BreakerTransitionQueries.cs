using System.Globalization;
using System.Text.Json;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Core;
using BuatFilm.Core.Health;

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

    /// <returns>False for a cursor that is not one of these.</returns>
    public static bool TryReadCursor(string? cursor, out long before)
    {
        before = long.MaxValue;
        return string.IsNullOrEmpty(cursor)
            || (Cursor.TryRead(cursor, 1, out var parts) && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out before));
    }
}
