using System.Security.Claims;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;

namespace BuatFilm.Admin.Features.Auditing;

/// <summary>A person has the whole audit log looked through now; that somebody did is an entry too.</summary>
internal sealed class CheckAuditChain(VerifyAudit verify, Databases databases, RefusedActions refused)
{
    public const string Permission = Permissions.AuditRead;

    /// <summary>The system's name of it; reading alone is no action.</summary>
    public const string Action = "audit_checked";

    private const string Target = "audit";

    /// <summary>What this node found last, by whoever's wish; null until it has looked.</summary>
    public PastVerification? Last => verify.Last;

    /// <returns>Null when the person may not.</returns>
    public async Task<AuditVerification?> ExecuteAsync(ClaimsPrincipal? user, CancellationToken cancellationToken)
    {
        var actor = Access.ActorOf(user);
        if (user?.May(Permission) != true)
        {
            refused.Note(actor, Permission, Target, "forbidden");
            return null;
        }

        var found = await verify.ExecuteAsync(cancellationToken);
        var data = new Dictionary<string, object?>(StringComparer.Ordinal) { ["count"] = found.Count, ["brokenId"] = found.BrokenId };
        await AuditRows.AppendAsync(databases.Workers, actor, Action, Target, AuditOutcome.Done, null, data, null, cancellationToken);
        return found;
    }
}
