using BuatFilm.Admin.Data;
using BuatFilm.Core.Auditing;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Sends a link to whoever has forgotten the password, if there is such an account. The asker learns nothing either way.</summary>
internal sealed class RequestPasswordReset(UserManager<Account> accounts, AccountLinks links, Databases databases)
{
    public const string Action = "account:ask-for-reset";

    /// <summary>Mails to one address within <see cref="Within"/>, at the most: nobody's mailbox is filled by a stranger.</summary>
    private const int MaxMails = 3;

    private static readonly TimeSpan Within = TimeSpan.FromMinutes(15);

    private const string CountSql = "select count(*) from notification_outbox where kind = 'account_reset' and recipient = $1 and created_at > (select app_now()) - $2";

    public async Task ExecuteAsync(string? email, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(email) || !links.CanBeFollowed || await accounts.FindByEmailAsync(email.Trim()) is not { DisabledAt: null } account)
        {
            return;
        }

        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await AccountRows.LockAsync(connection, cancellationToken);
        await using (var count = new NpgsqlCommand(CountSql, connection) { Parameters = { new() { Value = account.Email! }, new() { Value = Within } } })
        {
            if ((long)(await count.ExecuteScalarAsync(cancellationToken))! >= MaxMails)
            {
                return;
            }
        }

        // Whoever never accepted an invitation gets one more.
        await links.SendAsync(connection, account, account.PasswordHash is null ? LinkPurpose.Invitation : LinkPurpose.Reset, cancellationToken);
        await AuditRows.AppendAsync(connection, account.Email!, Action, $"account:{account.Id}", AuditOutcome.Done, null, new Dictionary<string, object?>(StringComparer.Ordinal), null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        links.Wake();
    }
}
