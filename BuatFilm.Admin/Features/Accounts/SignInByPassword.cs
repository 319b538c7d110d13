using BuatFilm.Admin.Data;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Finds out whether somebody is who they say. Whoever is not learns nothing: not whether the account exists, nor whether it is locked.</summary>
/// <remarks>Every answer costs one hash of a password. Failures are counted by one statement each, so guesses at the same moment all count.</remarks>
internal sealed class SignInByPassword(UserManager<Account> accounts, IPasswordHasher<Account> hasher, Databases databases)
{
    public const string Action = "account:sign-in";

    /// <summary>Failures in a row until the account is locked.</summary>
    public const int MaxFailures = 5;

    /// <summary>How long it is locked.</summary>
    public static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(15);

    private const string CountFailure = """
        update accounts set
            access_failed_count = case when access_failed_count + 1 >= $2 then 0 else access_failed_count + 1 end,
            lockout_end = case when access_failed_count + 1 >= $2 then (select app_now()) + $3 else lockout_end end
        where id = $1 and (lockout_end is null or lockout_end <= (select app_now()))
        returning access_failed_count = 0
        """;

    private const string Succeed = """
        update accounts set access_failed_count = 0, lockout_end = null, last_sign_in_at = (select app_now())
        where id = $1 and disabled_at is null and (lockout_end is null or lockout_end <= (select app_now()))
        """;

    private static readonly Account Nobody = new() { DisplayName = "-", Role = Roles.Viewer };

    private static readonly Lazy<string> NobodysHash = new(() => new PasswordHasher<Account>().HashPassword(Nobody, "there is no such account"));

    /// <returns>Null when it is not them, or they may not come in now.</returns>
    public async Task<Account?> ExecuteAsync(string? email, string? password, CancellationToken cancellationToken)
    {
        var account = string.IsNullOrWhiteSpace(email) ? null : await accounts.FindByEmailAsync(email.Trim());
        var given = password is { Length: <= PasswordRules.MaxLength } ? password : "";
        var isRight = hasher.VerifyHashedPassword(account ?? Nobody, account?.PasswordHash ?? NobodysHash.Value, given) != PasswordVerificationResult.Failed && account?.PasswordHash is not null;
        if (account is null)
        {
            return null;
        }

        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var isIn = isRight && await SucceedAsync(connection, account.Id, cancellationToken);
        if (isIn)
        {
            await NoteAsync(connection, account, AuditOutcome.Done, null, cancellationToken);
        }
        else if (!isRight && await CountFailureAsync(connection, account.Id, cancellationToken))
        {
            await NoteAsync(connection, account, AuditOutcome.Refused, "locked", cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return isIn ? account : null;
    }

    private static async Task<bool> SucceedAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Succeed, connection) { Parameters = { new() { Value = id } } };
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private static async Task<bool> CountFailureAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(CountFailure, connection) { Parameters = { new() { Value = id }, new() { Value = MaxFailures }, new() { Value = LockedFor } } };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static Task NoteAsync(NpgsqlConnection connection, Account account, AuditOutcome outcome, string? reason, CancellationToken cancellationToken) =>
        AuditRows.AppendAsync(connection, account.Email!, Action, $"account:{account.Id}", outcome, reason, new Dictionary<string, object?>(StringComparer.Ordinal), null, cancellationToken);
}
