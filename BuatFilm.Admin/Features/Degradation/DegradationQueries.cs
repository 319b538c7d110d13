using System.Globalization;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
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

    /// <returns>Null when the cursor is not one of this list.</returns>
    public async Task<Page<DegradationChangeItem>?> ChangesAsync(string? cursor, int? limit, CancellationToken cancellationToken)
    {
        DateTimeOffset? before = null;
        var beforeId = 0L;
        if (cursor is not null)
        {
            if (!Cursor.TryRead(cursor, 2, out var parts)
                || !DateTimeOffset.TryParseExact(parts[0], "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
                || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out beforeId))
            {
                return null;
            }

            before = at.ToUniversalTime();
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

        return changes.ToPage(size, last => Cursor.Of(last.At.ToString("O", CultureInfo.InvariantCulture), last.Id.ToString(CultureInfo.InvariantCulture)));
    }
}

/// <param name="Causes">The services that were down from then on, by their lower-case names.</param>
/// <param name="NodeId">The run of the node that saw it.</param>
/// <param name="Node">Its machine; null once nothing is known of it any more.</param>
internal sealed record DegradationChangeItem(long Id, DateTimeOffset At, string From, string To, IReadOnlyList<string> Causes, Guid NodeId, string? Node);
