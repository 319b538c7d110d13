using BuatFilm.Admin.Data;
using BuatFilm.Admin.Security;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>The statements on accounts that Identity has none for. Who manages accounts takes the lock first, so that no two of them each take away the other's last Admin.</summary>
internal static class AccountRows
{
    /// <summary>Of the advisory lock: the letters "accounts".</summary>
    private const long LockKey = 0x6163636F756E7473;

    /// <summary>A shut-out Admin, or one who never set a password, can let nobody in.</summary>
    private const string AnotherAdmin = "exists (select 1 from accounts o where o.id <> a.id and o.role = 'Admin' and o.disabled_at is null and o.password_hash is not null)";

    private const string NewStamps = "security_stamp = gen_random_uuid()::text, concurrency_stamp = gen_random_uuid()::text";

    private const string ChangeRole = $"update accounts a set role = $2, {NewStamps} where a.id = $1 and (a.role <> 'Admin' or $2 = 'Admin' or a.disabled_at is not null or {AnotherAdmin})";

    private const string Disable = $"update accounts a set disabled_at = coalesce(a.disabled_at, (select app_now())), {NewStamps} where a.id = $1 and (a.role <> 'Admin' or {AnotherAdmin})";

    private const string Enable = $"update accounts a set disabled_at = null, access_failed_count = 0, lockout_end = null, {NewStamps} where a.id = $1";

    private const string Renew = $"update accounts a set {NewStamps} where a.id = $1";

    public static async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_xact_lock($1)", connection) { Parameters = { new() { Value = LockKey } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task<bool> IsAnyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select exists (select 1 from accounts)", connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <returns>Null when there is no such account.</returns>
    public static async Task<AccountFacts?> FindAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) =>
        (await connection.ListAsync(
            "select id, email, display_name, role, disabled_at, password_hash is not null from accounts where id = $1",
            reader => new AccountFacts(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.InstantOrNull(4), reader.GetBoolean(5)),
            cancellationToken,
            id)).SingleOrDefault();

    /// <returns>False when the address is taken.</returns>
    /// <param name="passwordHash">Null for somebody who is invited.</param>
    public static async Task<bool> AddAsync(NpgsqlConnection connection, Guid id, string email, string displayName, string role, string? passwordHash, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into accounts (id, email, normalized_email, user_name, normalized_user_name, email_confirmed, display_name, role, password_hash,
                                  security_stamp, concurrency_stamp, lockout_enabled, access_failed_count)
            values ($1, $2, $3, $2, $3, $6::text is not null, $4, $5, $6, gen_random_uuid()::text, gen_random_uuid()::text, true, 0)
            on conflict do nothing
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = id },
                new() { Value = email },
                new() { Value = email.ToUpperInvariant() },
                new() { Value = displayName },
                new() { Value = role },
                new() { Value = (object?)passwordHash ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            },
        };
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <returns>False when it would take the last Admin away.</returns>
    public static Task<bool> ChangeRoleAsync(NpgsqlConnection connection, Guid id, string role, CancellationToken cancellationToken) => RunAsync(connection, ChangeRole, cancellationToken, id, role);

    /// <returns>False when it would shut the last Admin out.</returns>
    public static Task<bool> DisableAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) => RunAsync(connection, Disable, cancellationToken, id);

    public static Task<bool> EnableAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) => RunAsync(connection, Enable, cancellationToken, id);

    /// <summary>Ends every session of the account, and every link that was sent to it.</summary>
    public static Task<bool> RenewAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) => RunAsync(connection, Renew, cancellationToken, id);

    public static Task<bool> MarkSignedInAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) =>
        RunAsync(connection, "update accounts set last_sign_in_at = (select app_now()) where id = $1", cancellationToken, id);

    /// <summary>Whether a session that began with this stamp and role is still good.</summary>
    public static async Task<bool> IsCurrentAsync(NpgsqlDataSource database, Guid id, string stamp, string role, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select exists (select 1 from accounts where id = $1 and security_stamp = $2 and role = $3 and disabled_at is null)");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = stamp });
        command.Parameters.Add(new() { Value = role });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<bool> RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}

/// <summary>What those who manage an account must know of it.</summary>
/// <param name="HasPassword">False while an invitation waits to be accepted.</param>
internal sealed record AccountFacts(Guid Id, string Email, string DisplayName, string Role, DateTimeOffset? DisabledAt, bool HasPassword)
{
    public string Target => $"account:{Id}";
}
