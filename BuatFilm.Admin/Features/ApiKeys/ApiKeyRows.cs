using BuatFilm.Admin.Data;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using Npgsql;

namespace BuatFilm.Admin.Features.ApiKeys;

/// <summary>Reads and marks the keys that were made on the page.</summary>
internal sealed class ApiKeyRows(Databases databases)
{
    private const string Open = "select id, name, kind, role, digest from api_keys where revoked_at is null";

    // At most once a minute and key, however many nodes see it used.
    private const string MarkUsed = """
        update api_keys k set last_used_at = used.at
        from unnest($1::uuid[], $2::timestamptz[]) as used(id, at)
        where k.id = used.id and (k.last_used_at is null or k.last_used_at < used.at - interval '50 seconds')
        """;

    /// <summary>Every key that is not revoked.</summary>
    public async Task<List<ApiKey>> OpenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await databases.Probes.OpenConnectionAsync(cancellationToken);
        return await connection.ListAsync(
            Open,
            reader => new ApiKey(reader.GetString(1), WireName<ApiKeyKind>.Parse(reader.GetString(2)), reader.GetString(3), reader.GetFieldValue<byte[]>(4)) { Id = reader.GetGuid(0) },
            cancellationToken);
    }

    public async Task MarkUsedAsync(IReadOnlyDictionary<Guid, DateTimeOffset> uses, CancellationToken cancellationToken)
    {
        await using var command = databases.Probes.CreateCommand(MarkUsed);
        command.Parameters.Add(new NpgsqlParameter { Value = uses.Keys.ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = uses.Values.ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
