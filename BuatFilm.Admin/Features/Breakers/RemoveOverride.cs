using System.Security.Claims;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>Lets the calls decide again.</summary>
internal sealed class RemoveOverride(OverrideRows rows, OverrideKeeper keeper, RefusedActions refused)
{
    /// <param name="reason">Goes into the audit log; null for none.</param>
    /// <exception cref="UnauthorizedAccessException">The person or program may not.</exception>
    /// <returns>False when there was nothing to take back.</returns>
    public async Task<bool> ExecuteAsync(ClaimsPrincipal? user, ExternalService service, string? reason, CancellationToken cancellationToken)
    {
        var actor = user.Demand((who, permission) => refused.Note(who, permission, SetOverride.TargetOf(service), "forbidden"), SetOverride.Permission);
        if (await rows.RemoveAsync(service, reason, actor, cancellationToken) is not { } row)
        {
            return false;
        }

        keeper.Apply(row);
        return true;
    }
}
