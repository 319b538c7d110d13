using System.Security.Claims;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>A person takes alerts on from a page. Each is its own transaction with its own line on record.</summary>
internal sealed class AcknowledgeAlerts(AcknowledgeAlert acknowledge, RefusedActions refused)
{
    /// <summary>The most that one click takes on.</summary>
    public const int MaxAtOnce = 500;

    public const string Permission = Permissions.AlertsAcknowledge;

    /// <param name="note">Goes into the audit log; null for none.</param>
    /// <returns>How many there were; null when the person may not.</returns>
    public async Task<int?> ExecuteAsync(ClaimsPrincipal? user, IReadOnlyCollection<long> ids, string? note, CancellationToken cancellationToken)
    {
        var actor = Access.ActorOf(user);
        if (user?.May(Permission) != true)
        {
            refused.Note(actor, Permission, ids.Count == 1 ? FormattableString.Invariant($"alert:{ids.First()}") : null, "forbidden");
            return null;
        }

        var found = 0;
        foreach (var id in ids.Take(MaxAtOnce))
        {
            found += await acknowledge.ExecuteAsync(id, actor, note, cancellationToken) ? 1 : 0;
        }

        return found;
    }
}
