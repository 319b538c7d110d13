using System.Security.Claims;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>Holds a breaker open, lets everything through it, or has it only watch; on all nodes, until it expires.</summary>
/// <remarks>This node at once, the others within a second or so.</remarks>
internal sealed class SetOverride(OverrideRows rows, OverrideKeeper keeper, StatusBoard board, RefusedActions refused, TimeProvider time)
{
    public const string Permission = Permissions.BreakersOverride;

    /// <exception cref="UnauthorizedAccessException">The person or program may not.</exception>
    /// <returns>The wish, with the nodes that have applied it by now.</returns>
    public async Task<OverrideReport> ExecuteAsync(ClaimsPrincipal? user, ExternalService service, OverrideDraft draft, CancellationToken cancellationToken)
    {
        var actor = user.Demand((who, permission) => refused.Note(who, permission, TargetOf(service), "forbidden"), Permission);
        var row = await rows.PutAsync(service, draft, actor, cancellationToken);
        keeper.Apply(row);

        // Overtaken by another operator a moment later: what was asked for was in force, if briefly.
        return BreakerView.Of(board.Current, service, time.GetUtcNow()).Override
            ?? new OverrideReport(ServiceName.Of(service), WireName<BreakerMode>.Of(row.Mode), row.Reason, row.Actor, row.CreatedAt, row.ExpiresAt, row.Revision, []);
    }

    /// <summary>What the audit log calls a breaker.</summary>
    internal static string TargetOf(ExternalService service) => $"breaker:{ServiceName.Of(service)}";
}
