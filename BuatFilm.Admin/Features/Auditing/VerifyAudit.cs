using BuatFilm.Admin.Data;
using Npgsql;

namespace BuatFilm.Admin.Features.Auditing;

/// <summary>What a look through the audit log found.</summary>
/// <param name="Count">Entries that were looked at, up to the first broken one.</param>
/// <param name="BrokenId">The first entry that is not as it was written, or before which one is missing; null when all is well.</param>
/// <param name="Head">The digest of the last entry, in hexadecimal: whoever keeps it elsewhere can tell whether the end was cut off.</param>
internal sealed record AuditVerification(long Count, long? BrokenId, long LastId, string Head);

/// <summary>What was found, and when.</summary>
internal sealed record PastVerification(DateTimeOffset At, AuditVerification Found);

/// <summary>Follows the chain of the audit log from its first entry to its last.</summary>
/// <remarks>The digest is spelled out here once more: a function in the database could be replaced together with the entries.</remarks>
internal sealed class VerifyAudit(Databases databases, TimeProvider time)
{
    /// <summary>An entry's digest as it ought to be, in SQL.</summary>
    public const string Digest = """
        sha256(prev_hash || convert_to(jsonb_build_array(
            id, (extract(epoch from at) * 1000000)::bigint, actor, action, target, outcome, reason, data, operation_id)::text, 'UTF8'))
        """;

    private volatile PastVerification? _last;

    /// <summary>What this node found last; null until it has looked.</summary>
    public PastVerification? Last => _last;

    private static readonly string Next = $"""
        with piece as (
            select id, prev_hash, hash, {Digest} as digest
            from audit_log where id > $1 order by id limit {PieceSize}),
        links as (
            select id, hash, digest, prev_hash, coalesce(lag(hash) over (order by id), $2) as expected_hash, coalesce(lag(id) over (order by id), $1) + 1 as expected_id
            from piece)
        select count(*),
               (select id from links where id <> expected_id or prev_hash <> expected_hash or hash <> digest order by id limit 1),
               max(id),
               (select hash from links order by id desc limit 1)
        from links
        """;

    private const int PieceSize = 10_000;

    public async Task<AuditVerification> ExecuteAsync(CancellationToken cancellationToken)
    {
        var found = await FollowAsync(cancellationToken);
        _last = new PastVerification(time.GetUtcNow(), found);
        return found;
    }

    private async Task<AuditVerification> FollowAsync(CancellationToken cancellationToken)
    {
        var (count, last, head) = (0L, 0L, Array.Empty<byte>());
        while (true)
        {
            await using var command = databases.Workers.CreateCommand(Next);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = last });
            command.Parameters.Add(new() { Value = head });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var looked = reader.GetInt64(0);
            if (looked == 0)
            {
                return new AuditVerification(count, null, last, Convert.ToHexStringLower(head));
            }

            count += looked;
            if (!reader.IsDBNull(1))
            {
                return new AuditVerification(count, reader.GetInt64(1), last, Convert.ToHexStringLower(head));
            }

            last = reader.GetInt64(2);
            head = reader.GetFieldValue<byte[]>(3);
        }
    }
}
