using System.Security.Claims;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;
using Npgsql;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>Shows one person the whole address of one message. It is on record before it is on the screen.</summary>
internal sealed class RevealRecipient(Databases databases, RefusedActions refused)
{
    public const string Permission = Permissions.CustomersReveal;

    /// <param name="reason">Why it must be seen.</param>
    /// <returns>Null when the person may not, or there is no such message.</returns>
    public async Task<string?> ExecuteAsync(ClaimsPrincipal? user, long id, string reason, CancellationToken cancellationToken)
    {
        var actor = Access.ActorOf(user);
        var target = FormattableString.Invariant($"message:{id}");
        if (user?.May(Permission) != true)
        {
            refused.Note(actor, Permission, target, "forbidden");
            return null;
        }

        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var find = new NpgsqlCommand("select recipient from notification_outbox where id = $1", connection) { Parameters = { new() { Value = id } } };
        if (await find.ExecuteScalarAsync(cancellationToken) is not string recipient)
        {
            return null;
        }

        await AuditRows.AppendAsync(connection, actor, Permission, target, AuditOutcome.Done, reason, new Dictionary<string, object?>(StringComparer.Ordinal), null, cancellationToken);
        return recipient;
    }
}
