using BuatFilm.Admin.Data;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;
using Microsoft.AspNetCore.Identity;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Makes the first Admin, while there is nobody. The lock and the look decide it, whoever asks at the same moment.</summary>
internal sealed class CreateFirstAccount(Databases databases, IPasswordHasher<Account> hasher)
{
    public const string Action = "account:set-up";

    /// <summary>True when there is nobody yet.</summary>
    public async Task<bool> IsDueAsync(CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        return !await AccountRows.IsAnyAsync(connection, cancellationToken);
    }

    /// <param name="password">Checked against <see cref="PasswordRules"/> by the caller.</param>
    /// <returns>The account's id; null when somebody exists already.</returns>
    public async Task<Guid?> ExecuteAsync(string email, string displayName, string password, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        var hash = hasher.HashPassword(new Account { DisplayName = displayName, Role = Roles.Admin }, password);
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await AccountRows.LockAsync(connection, cancellationToken);
        if (await AccountRows.IsAnyAsync(connection, cancellationToken) || !await AccountRows.AddAsync(connection, id, email, displayName, Roles.Admin, hash, cancellationToken))
        {
            return null;
        }

        var data = new Dictionary<string, object?>(StringComparer.Ordinal) { ["email"] = email, ["role"] = Roles.Admin };
        await AuditRows.AppendAsync(connection, Access.SystemActor, Action, $"account:{id}", AuditOutcome.Done, null, data, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return id;
    }
}
