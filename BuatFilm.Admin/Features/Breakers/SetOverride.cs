using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>Holds a breaker open, lets everything through it, or has it only watch; on all nodes, until it expires.</summary>
/// <remarks>This node at once, the others within a second or so.</remarks>
internal sealed class SetOverride(OverrideRows rows, OverrideKeeper keeper, StatusBoard board, TimeProvider time)
{
    /// <returns>The wish, with the nodes that have applied it by now.</returns>
    public async Task<OverrideReport> ExecuteAsync(ExternalService service, OverrideDraft draft, string actor, CancellationToken cancellationToken)
    {
        var row = await rows.PutAsync(service, draft, actor, cancellationToken);
        keeper.Apply(row);

        // Overtaken by another operator a moment later: what was asked for was in force, if briefly.
        return BreakerView.Of(board.Current, service, time.GetUtcNow()).Override
            ?? new OverrideReport(ServiceName.Of(service), WireName<BreakerMode>.Of(row.Mode), row.Reason, row.Actor, row.CreatedAt, row.ExpiresAt, row.Revision, []);
    }
}

/// <summary>Lets the calls decide again.</summary>
internal sealed class RemoveOverride(OverrideRows rows, OverrideKeeper keeper)
{
    /// <param name="reason">Goes into the audit log; null for none.</param>
    /// <returns>False when there was nothing to take back.</returns>
    public async Task<bool> ExecuteAsync(ExternalService service, string? reason, string actor, CancellationToken cancellationToken)
    {
        if (await rows.RemoveAsync(service, reason, actor, cancellationToken) is not { } row)
        {
            return false;
        }

        keeper.Apply(row);
        return true;
    }
}
