using System.Security.Claims;

namespace BuatFilm.Admin.Security;

/// <summary>Staff: a person who signed in, or a program with a key of the ops API. A storefront's key is neither, whatever it may do with its own orders.</summary>
internal static class StaffOnly
{
    public const string Policy = "staff";

    private const string Ops = "ops";

    public static bool IsStaff(ClaimsPrincipal user) =>
        user.Identity is { IsAuthenticated: true } && user.FindAll(AccessClaims.Kind).All(kind => kind.Value == Ops);
}
