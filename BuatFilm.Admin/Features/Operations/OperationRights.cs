using System.Security.Claims;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>Asks, at every press of a button, whether that person may; a refusal is on record.</summary>
/// <remarks>A circuit may be older than its person's rights, and a button that is off can be pressed all the same.</remarks>
internal sealed class OperationRights(RefusedActions refused)
{
    /// <param name="target">What it would be done to; null for many.</param>
    /// <param name="permissions">All of them are needed.</param>
    public bool Has(ClaimsPrincipal? user, string? target, params ReadOnlySpan<string> permissions)
    {
        foreach (var permission in permissions)
        {
            if (user?.May(permission) != true)
            {
                refused.Note(Access.ActorOf(user), permission, target, "forbidden");
                return false;
            }
        }

        return true;
    }
}
