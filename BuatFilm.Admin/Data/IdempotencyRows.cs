using System.Text.Json;
using BuatFilm.Core;
using BuatFilm.Core.Idempotency;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Data;

/// <summary>The statements on <c>idempotency_store</c>. A key is claimed before the work, and its answer committed with the work.</summary>
/// <remarks>
/// Every change after the claim is fenced: it takes effect only while the run still owns the row. Bodies are encrypted, since they
/// hold Snap tokens and customers' data. Keys are never logged.
/// </remarks>
internal sealed class IdempotencyRows(NpgsqlDataSource database, IDataProtectionProvider protection)
{
    /// <summary>How soon a key in doubt may be tried again: the foreign call has ended, one way or the other.</summary>
    public static readonly TimeSpan DoubtLease = TimeSpan.FromSeconds(5);

    // A done row past its time is free for anybody; a dead run, or one in doubt, is continued by the same request only.
    private const string ClaimSql = """
        insert into idempotency_store as i (scope, key, fingerprint, state, owner, lease_until, attempt, created_at, expires_at)
        values ($1, $2, $3, 'running', $4, (select app_now()) + $5, 1, (select app_now()), (select app_now()) + $6)
        on conflict (scope, key) do update set
            owner = excluded.owner, lease_until = excluded.lease_until, fingerprint = excluded.fingerprint, state = 'running',
            status = null, headers = null, body = null,
            attempt     = case when i.state = 'done' then 1 else i.attempt + 1 end,
            resource_id = case when i.state = 'done' then null else i.resource_id end,
            created_at  = case when i.state = 'done' then excluded.created_at else i.created_at end,
            expires_at  = excluded.expires_at
        where (i.state = 'done' and i.expires_at <= (select app_now()))
           or (i.state <> 'done' and i.lease_until <= (select app_now()) and i.fingerprint = excluded.fingerprint)
        returning attempt, resource_id
        """;

    private const string ReadSql = """
        select fingerprint, state, owner, status, headers, body,
               case when state = 'done' then expires_at <= now.at else lease_until <= now.at end,
               greatest(lease_until - now.at, interval '0')
        from idempotency_store, (select app_now() as at) now
        where scope = $1 and key = $2
        """;

    private const string Held = "where scope = $1 and key = $2 and owner = $3 and state = 'running'";

    // Zero rows must undo whatever else the transaction did, also in a batch that nobody looks into before it
    // commits: so the statement fails by itself. The count keeps the cast from being folded while planning.
    private const string OrFail = """
        returning 1)
        select case count(*) when 1 then 1 else ('
        """ + LostClaim.Mark + """
        ' || count(*))::int end from touched
        """;

    private const string CreatedSql = $"with touched as (update idempotency_store set resource_id = $4 {Held} {OrFail}";

    private const string CompleteSql = $"""
        with touched as (update idempotency_store
        set state = 'done', status = $4, headers = $5, body = $6, expires_at = (select app_now()) + $7
        {Held} {OrFail}
        """;

    // Whoever has made something leaves the row, with its lease over, so that the next run continues there.
    private const string ReleaseSql = $"""
        with freed as (delete from idempotency_store {Held} and resource_id is null returning 1),
             left_over as (update idempotency_store set lease_until = least(lease_until, (select app_now())) {Held} and resource_id is not null returning 1)
        select (select count(*) from freed) + (select count(*) from left_over)
        """;

    private const string DoubtSql = $"""
        update idempotency_store set state = 'in_doubt', lease_until = least(lease_until, (select app_now()) + $4) {Held}
        """;

    private const string DropSql = $"delete from idempotency_store {Held}";

    private const string ClaimInterruptedSql = """
        with over as (
            select scope, key from idempotency_store
            where state <> 'done' and lease_until <= (select app_now()) - $2
            order by lease_until limit $1 for update skip locked)
        update idempotency_store i set state = 'running', owner = $3, lease_until = (select app_now()) + $4
        from over where i.scope = over.scope and i.key = over.key
        returning i.scope, i.key, i.attempt, i.resource_id
        """;

    private const string CleanUpSql = """
        delete from idempotency_store where (scope, key) in (
            select scope, key from idempotency_store
            where state = 'done' and expires_at <= (select app_now())
            order by expires_at limit $1 for update skip locked)
        """;

    private readonly IDataProtector _protector = protection.CreateProtector("idempotency.v1");

    /// <summary>Takes the key for one run, in a transaction of its own, or says what stands in the way.</summary>
    /// <param name="lease">How long the run may hold it; afterwards the same request takes over.</param>
    /// <param name="retention">How long the answer will be replayed.</param>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public async Task<ClaimOutcome> ClaimAsync(string scope, string key, byte[] fingerprint, TimeSpan lease, TimeSpan retention, CancellationToken cancellationToken)
    {
        var owner = Guid.CreateVersion7();

        // A row that stood in the way may be gone when we look at it. Twice in a row is chance enough.
        for (var attempt = 1; ; attempt++)
        {
            await using (var claim = database.CreateCommand(ClaimSql))
            {
                Add(claim.Parameters, scope, key, fingerprint, owner, lease, retention);
                await using var reader = await claim.ExecuteReaderAsync(cancellationToken);
                if (await reader.ReadAsync(cancellationToken))
                {
                    var resourceId = await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetString(1);
                    return new ClaimOutcome.Claimed(new IdempotencyClaim(scope, key, owner, reader.GetInt32(0), resourceId));
                }
            }

            var outcome = await ReadAsync(scope, key, fingerprint, cancellationToken);
            if (outcome is not ClaimOutcome.Free)
            {
                return outcome;
            }

            if (attempt == 3)
            {
                return new ClaimOutcome.Running(TimeSpan.Zero);
            }
        }
    }

    /// <summary>Looks without claiming.</summary>
    public async Task<ClaimOutcome> ReadAsync(string scope, string key, byte[] fingerprint, CancellationToken cancellationToken)
    {
        await using var read = database.CreateCommand(ReadSql);
        Add(read.Parameters, scope, key);
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return new ClaimOutcome.Free();
        }

        var isSame = fingerprint.AsSpan().SequenceEqual(reader.GetFieldValue<byte[]>(0));
        var isOver = reader.GetBoolean(6);

        var state = WireName<IdempotencyState>.Parse(reader.GetString(1));
        if (isOver && (isSame || state == IdempotencyState.Done))
        {
            return new ClaimOutcome.Free();
        }

        if (!isSame)
        {
            return new ClaimOutcome.OtherRequest();
        }

        return state switch
        {
            IdempotencyState.Done => new ClaimOutcome.Done(reader.GetGuid(2), new StoredAnswer(reader.GetInt32(3), Headers(reader), _protector.Unprotect(reader.GetFieldValue<byte[]>(5)))),
            IdempotencyState.Running => new ClaimOutcome.Running(reader.GetTimeSpan(7)),
            IdempotencyState.InDoubt => new ClaimOutcome.InDoubt(reader.GetTimeSpan(7)),
        };
    }

    /// <summary>Notes what the run has made, in the transaction that makes it. Fails when the claim is lost.</summary>
    public static NpgsqlBatchCommand Created(IdempotencyClaim claim, string resourceId)
    {
        var command = Fenced(CreatedSql, claim);
        command.Parameters.Add(new NpgsqlParameter { Value = resourceId, NpgsqlDbType = NpgsqlDbType.Text });

        return command;
    }

    /// <summary>Keeps the answer, in the transaction of the work. Fails when the claim is lost.</summary>
    public NpgsqlBatchCommand Completed(IdempotencyClaim claim, StoredAnswer answer, TimeSpan retention)
    {
        var command = Fenced(CompleteSql, claim);
        command.Parameters.Add(new NpgsqlParameter { Value = answer.Status });
        command.Parameters.Add(new NpgsqlParameter { Value = JsonSerializer.Serialize(answer.Headers), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new NpgsqlParameter { Value = _protector.Protect(answer.Body) });
        command.Parameters.Add(new NpgsqlParameter { Value = retention });

        return command;
    }

    /// <summary>Keeps the answer of work that has no transaction of its own.</summary>
    /// <exception cref="PostgresException">The claim is lost: <see cref="LostClaim.Is"/>.</exception>
    public async Task CompleteAsync(IdempotencyClaim claim, StoredAnswer answer, TimeSpan retention, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Completed(claim, answer, retention));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Gives the key back: the request did not count, or the next run may go on at once.</summary>
    /// <returns>False when the run does not hold the key any more.</returns>
    public async Task<bool> ReleaseAsync(IdempotencyClaim claim, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ReleaseSql);
        Add(command.Parameters, claim.Scope, claim.Key, claim.Owner);

        return await command.ExecuteScalarAsync(cancellationToken) is 1L;
    }

    /// <summary>Says that a foreign call was made and nobody knows what it did.</summary>
    /// <returns>False when the run does not hold the key any more.</returns>
    public async Task<bool> MarkInDoubtAsync(IdempotencyClaim claim, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(DoubtSql);
        Add(command.Parameters, claim.Scope, claim.Key, claim.Owner, DoubtLease);

        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Takes over keys whose runs ended without an answer, so that no run of theirs can still write one.</summary>
    /// <param name="patience">How long the lease must have been over: a client that asks again itself comes first.</param>
    public async Task<List<IdempotencyClaim>> ClaimInterruptedAsync(int limit, TimeSpan patience, TimeSpan lease, CancellationToken cancellationToken)
    {
        var owner = Guid.CreateVersion7();
        await using var command = database.CreateCommand(ClaimInterruptedSql);
        Add(command.Parameters, limit, patience, owner, lease);

        var claims = new List<IdempotencyClaim>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            claims.Add(new IdempotencyClaim(reader.GetString(0), reader.GetString(1), owner, reader.GetInt32(2), reader.IsDBNull(3) ? null : reader.GetString(3)));
        }

        return claims;
    }

    /// <summary>Frees the key of a request of which nothing is left.</summary>
    /// <returns>False when the run does not hold the key any more.</returns>
    public async Task<bool> DropAsync(IdempotencyClaim claim, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(DropSql);
        Add(command.Parameters, claim.Scope, claim.Key, claim.Owner);

        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Deletes answers past their time; keys in doubt and running ones stay.</summary>
    /// <param name="limit">The most rows of this one statement.</param>
    /// <returns>How many went.</returns>
    public async Task<int> DeleteExpiredAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(CleanUpSql);
        Add(command.Parameters, limit);

        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Dictionary<string, string> Headers(NpgsqlDataReader reader) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(4))!;

    private static NpgsqlBatchCommand Fenced(string sql, IdempotencyClaim claim)
    {
        var command = new NpgsqlBatchCommand(sql);
        Add(command.Parameters, claim.Scope, claim.Key, claim.Owner);

        return command;
    }

    private static void Add(NpgsqlParameterCollection parameters, params ReadOnlySpan<object> values)
    {
        foreach (var value in values)
        {
            parameters.Add(new NpgsqlParameter { Value = value });
        }
    }
}

/// <summary>What came of asking for a key.</summary>
internal abstract record ClaimOutcome
{
    /// <summary>This run holds it.</summary>
    public sealed record Claimed(IdempotencyClaim Claim) : ClaimOutcome;

    /// <summary>Nobody holds it; claim it. A claim never ends like this.</summary>
    public sealed record Free : ClaimOutcome;

    /// <summary>The key belongs to a request that asked for something else.</summary>
    public sealed record OtherRequest : ClaimOutcome;

    /// <summary>The answer, and the run that gave it.</summary>
    public sealed record Done(Guid Owner, StoredAnswer Answer) : ClaimOutcome;

    /// <summary>Another run is at it, for at most this long.</summary>
    public sealed record Running(TimeSpan LeaseLeft) : ClaimOutcome;

    /// <summary>A run ended without knowing what it did; the next may start after this.</summary>
    public sealed record InDoubt(TimeSpan LeaseLeft) : ClaimOutcome;
}

/// <summary>The failure of a fenced statement whose run was overtaken.</summary>
internal static class LostClaim
{
    internal const string Mark = "idempotency claim lost: rows ";

    /// <summary>True when a transaction was undone because another run holds the key by now.</summary>
    public static bool Is(Exception exception)
    {
        for (var current = exception; current is not null; current = current.InnerException)
        {
            if (current is PostgresException { SqlState: PostgresErrorCodes.InvalidTextRepresentation } refused && refused.MessageText.Contains(Mark, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
