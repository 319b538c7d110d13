using BuatFilm.Admin.Data;
using BuatFilm.Core.Auditing;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Gives an account a password, by a link or by the one it had. Ends its other sessions and every link that was sent before.</summary>
internal sealed class SetPassword(Databases databases, AccountLinks links, IPasswordHasher<Account> hasher, UserManager<Account> accounts)
{
    public const string Action = "account:set-password";

    // The stamp is the guard: a link, and a form that was sent twice, work once.
    private const string Write = """
        update accounts set password_hash = $2, email_confirmed = true, access_failed_count = 0, lockout_end = null,
               security_stamp = gen_random_uuid()::text, concurrency_stamp = gen_random_uuid()::text
        where id = $1 and security_stamp = $3 and disabled_at is null
        """;

    /// <returns>Null when it is done; else <see cref="BadLink"/> or one of <see cref="PasswordRules"/>.</returns>
    public async Task<string?> ExecuteAsync(string? id, LinkPurpose purpose, string? token, string? password, CancellationToken cancellationToken)
    {
        if (await links.FindAsync(id, purpose, token) is not { } account)
        {
            return BadLink;
        }

        return PasswordRules.Fault(password, account.Email, account.DisplayName)
            ?? (await WriteAsync(account, password!, purpose.Provider(), cancellationToken) ? null : BadLink);
    }

    /// <summary>For somebody who is signed in.</summary>
    /// <returns>Null when it is done; else <see cref="WrongPassword"/> or one of <see cref="PasswordRules"/>.</returns>
    public async Task<string?> ChangeAsync(Guid id, string? current, string? password, CancellationToken cancellationToken)
    {
        if (await accounts.FindByIdAsync(id.ToString()) is not { PasswordHash: { } hash } account
            || hasher.VerifyHashedPassword(account, hash, current ?? "") == PasswordVerificationResult.Failed)
        {
            return WrongPassword;
        }

        return PasswordRules.Fault(password, account.Email, account.DisplayName)
            ?? (await WriteAsync(account, password!, "account", cancellationToken) ? null : WrongPassword);
    }

    public const string BadLink = "bad_link";
    public const string WrongPassword = "wrong_password";

    private async Task<bool> WriteAsync(Account account, string password, string by, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Write, connection)
        {
            Parameters = { new() { Value = account.Id }, new() { Value = hasher.HashPassword(account, password) }, new() { Value = account.SecurityStamp! } },
        };
        if (await command.ExecuteNonQueryAsync(cancellationToken) != 1)
        {
            return false;
        }

        var data = new Dictionary<string, object?>(StringComparer.Ordinal) { ["by"] = by };
        await AuditRows.AppendAsync(connection, account.Email!, Action, $"account:{account.Id}", AuditOutcome.Done, null, data, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
