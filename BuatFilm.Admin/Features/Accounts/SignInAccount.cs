using System.Security.Claims;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;
using Npgsql;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Finds out whether somebody is who they say.</summary>
/// <remarks>
/// An attempt is counted before the password is looked at, so that no crowd of guesses at once gets more than its five. Unknown,
/// locked, paused and wrong are one answer after the same work: who asks does not learn which addresses have an account.
/// </remarks>
internal sealed class SignInAccount(Databases databases, Passwords passwords, RefusedActions refused)
{
    public const string Action = "account:sign-in";
    public const string PausedAction = "account:paused";

    /// <summary>Wrong passwords in a row, and how long nobody gets in then.</summary>
    public const int MaxFailures = 5;
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(15);

    // Without waiting for the disk: else the time would tell that there was something to count.
    private const string Hurry = "set local synchronous_commit to off";

    private const string Count = """
        update users
        set access_failed_count = case when lockout_end is null then access_failed_count + 1 else 1 end,
            lockout_end = case when lockout_end is null and access_failed_count + 1 >= $2 then (select app_now()) + $3 end
        where normalized_email = $1 and locked_at is null and password_hash is not null and (lockout_end is null or lockout_end <= (select app_now()))
        returning id, name, password_hash, lockout_end is not null
        """;

    private const string LetIn = """
        update users
        set access_failed_count = 0, lockout_end = null, password_hash = coalesce($3, password_hash),
            last_sign_in_at = case when $4 then (select app_now()) else last_sign_in_at end
        where id = $1 and password_hash = $2 and locked_at is null
        """;

    /// <returns>The account's id; null when the two do not belong together.</returns>
    public Task<Guid?> ExecuteAsync(string? email, string? password, CancellationToken cancellationToken) =>
        CheckAsync(email, password, null, Action, cancellationToken);

    /// <summary>Asks somebody who is signed in for their password once more. Wrong ones count as at the sign-in, and go on record as tries to do what they wanted.</summary>
    /// <param name="action">What they want to do, for the audit log.</param>
    /// <returns>The account's id; null when the password is wrong.</returns>
    public Task<Guid?> ConfirmAsync(ClaimsPrincipal by, string? password, string action, CancellationToken cancellationToken) =>
        CheckAsync(by.FindFirstValue(ClaimTypes.Email), password, Access.ActorOf(by), action, cancellationToken);

    /// <param name="actor">Null while it is not known who asks.</param>
    private async Task<Guid?> CheckAsync(string? email, string? password, string? actor, string action, CancellationToken cancellationToken)
    {
        password ??= "";
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        var counted = await CountAsync(connection, email, cancellationToken);
        var match = passwords.Compare(counted?.Hash, password);
        if (counted is not { } account)
        {
            refused.Note(actor ?? Access.SystemActor, action, null, "unknown_or_paused");
            return null;
        }

        if (match.IsRight && await LetInAsync(connection, account, match.IsOld ? passwords.Hash(password) : null, isSignIn: actor is null, cancellationToken))
        {
            return account.Id;
        }

        refused.Note(actor ?? Access.SystemActor, action, AccountRows.Target(account.Id), "wrong_password");
        if (account.IsLast)
        {
            await AuditRows.AppendAsync(connection, Access.SystemActor, PausedAction, AccountRows.Target(account.Id), AuditOutcome.Done, null, new Dictionary<string, object?> { ["minutes"] = Pause.TotalMinutes }, null, cancellationToken);
        }

        return null;
    }

    private static async Task<Counted?> CountAsync(NpgsqlConnection connection, string? email, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var hurry = new NpgsqlCommand(Hurry, connection))
        {
            await hurry.ExecuteNonQueryAsync(cancellationToken);
        }

        Counted? counted = null;
        await using (var count = new NpgsqlCommand(Count, connection) { Parameters = { new() { Value = Normal(email) }, new() { Value = MaxFailures }, new() { Value = Pause } } })
        await using (var reader = await count.ExecuteReaderAsync(cancellationToken))
        {
            if (await reader.ReadAsync(cancellationToken))
            {
                counted = new Counted(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3));
            }
        }

        await transaction.CommitAsync(cancellationToken);
        return counted;
    }

    private static async Task<bool> LetInAsync(NpgsqlConnection connection, Counted account, string? newHash, bool isSignIn, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var letIn = new NpgsqlCommand(LetIn, connection))
        {
            letIn.Parameters.Add(new() { Value = account.Id });
            letIn.Parameters.Add(new() { Value = account.Hash });
            letIn.Parameters.Add(new() { Value = (object?)newHash ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
            letIn.Parameters.Add(new() { Value = isSignIn });
            if (await letIn.ExecuteNonQueryAsync(cancellationToken) == 0)
            {
                return false; // Locked, or given another password, in this very moment.
            }
        }

        if (isSignIn)
        {
            await AuditRows.AppendAsync(connection, account.Name, Action, AccountRows.Target(account.Id), AuditOutcome.Done, null, new Dictionary<string, object?>(), null, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>In the form that rows are found by. What the database cannot hold is nobody's address.</summary>
    public static string Normal(string? email) => (email ?? "").Trim().Replace("\0", "", StringComparison.Ordinal).ToUpperInvariant();

    private readonly record struct Counted(Guid Id, string Name, string Hash, bool IsLast);
}
