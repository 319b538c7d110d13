using BuatFilm.Admin.Data;
using BuatFilm.Core;
using BuatFilm.Core.Accounts;
using BuatFilm.Core.Auditing;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Lets whoever holds the link of an invitation, or of a forgotten password, choose a password. Once.</summary>
internal sealed class SetPasswordByLink(Databases databases, Passwords passwords)
{
    private const string Find = """
        select u.email, u.name from account_links l join users u on u.id = l.user_id
        where l.digest = $1 and l.purpose = $2 and l.expires_at > (select app_now()) and u.locked_at is null
        """;

    /// <returns>Whose link it is; null when it is not good any more, or never was.</returns>
    public async Task<LinkHolder?> FindAsync(string? token, AccountLinkPurpose purpose, CancellationToken cancellationToken)
    {
        await using var command = databases.Pages.CreateCommand(Find);
        command.Parameters.Add(new() { Value = LinkToken.DigestOf(token) });
        command.Parameters.Add(new() { Value = WireName<AccountLinkPurpose>.Of(purpose) });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new LinkHolder(reader.GetString(0), reader.GetString(1)) : null;
    }

    /// <param name="password">Valid for this account.</param>
    /// <returns>False when the link is not good.</returns>
    public async Task<bool> ExecuteAsync(string? token, AccountLinkPurpose purpose, string password, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await AccountRows.UseLinkAsync(connection, token, purpose, cancellationToken) is not { } id
            || await AccountRows.SetPasswordAsync(connection, id, passwords.Hash(password), cancellationToken) is not { } name)
        {
            return false;
        }

        var action = purpose == AccountLinkPurpose.Invitation ? "account:accept-invitation" : "account:reset-password";
        await AuditRows.AppendAsync(connection, name, action, AccountRows.Target(id), AuditOutcome.Done, null, new Dictionary<string, object?>(), null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}

internal sealed record LinkHolder(string Email, string Name);
