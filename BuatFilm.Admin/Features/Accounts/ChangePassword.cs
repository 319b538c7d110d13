using System.Security.Claims;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Gives oneself another password, after the one of before; all other sessions end.</summary>
internal sealed class ChangePassword(SignInAccount signIn, Databases databases, Passwords passwords)
{
    public const string Action = "account:change-password";

    /// <param name="next">Valid for this account.</param>
    /// <returns>False when the current one is wrong; it counts as a wrong one at the sign-in does.</returns>
    public async Task<bool> ExecuteAsync(ClaimsPrincipal by, string? current, string next, CancellationToken cancellationToken)
    {
        if (await signIn.ConfirmAsync(by, current, Action, cancellationToken) is not { } id)
        {
            return false;
        }

        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await AccountRows.SetPasswordAsync(connection, id, passwords.Hash(next), cancellationToken) is null)
        {
            return false;
        }

        await AuditRows.AppendAsync(connection, Access.ActorOf(by), Action, AccountRows.Target(id), AuditOutcome.Done, null, new Dictionary<string, object?>(), null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
