using System.Reflection;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;

namespace BuatFilm.Tests.Architecture;

/// <summary>Every page says whom it is for. Within a circuit nothing but this keeps people out.</summary>
public sealed class PageTests
{
    /// <summary>Pages that everybody may see, and why.</summary>
    private static readonly Dictionary<string, string> Public = new(StringComparer.Ordinal)
    {
        ["/account/sign-in"] = "Who signs in is not signed in.",
        ["/account/forgot-password"] = "Nor is who forgot their password.",
        ["/account/setup"] = "The token in the link decides.",
        ["/account/invitation"] = "The token in the link decides.",
        ["/account/reset-password"] = "The token in the link decides.",
        ["/error"] = "It shows nothing of the shop.",
        ["/not-found"] = "It shows nothing of the shop.",
    };

    /// <summary>Pages for all who work here.</summary>
    private static readonly string[] ForStaff = ["/", "/glossary", "/account"];

    private static IEnumerable<(string Route, Type Page)> Pages =>
        from type in typeof(Program).Assembly.GetTypes()
        from route in type.GetCustomAttributes<RouteAttribute>()
        select (route.Template, type);

    [Fact]
    public void Pages_NameAPermissionOrAReason()
    {
        Assert.True(Pages.Count() > 5);

        Found.Nothing(Pages.Where(page => !IsGuarded(page.Route, page.Page)).Select(page => $"{page.Route} ({page.Page.Name})"));
    }

    [Fact]
    public void Lists_HaveNoPageThatIsGone()
    {
        Found.Nothing(Public.Keys.Concat(ForStaff).Except(Pages.Select(page => page.Route), StringComparer.Ordinal));
    }

    // Cookies cannot be set from a circuit, and who is not signed in has none.
    [Fact]
    public void AccountPages_HaveNoCircuit()
    {
        Found.Nothing(Pages
            .Where(page => page.Route.StartsWith("/account", StringComparison.Ordinal) && !page.Page.IsDefined(typeof(ExcludeFromInteractiveRoutingAttribute)))
            .Select(page => page.Route));
    }

    private static bool IsGuarded(string route, Type page)
    {
        if (page.IsDefined(typeof(AllowAnonymousAttribute)))
        {
            return Public.ContainsKey(route);
        }

        var policies = page.GetCustomAttributes<AuthorizeAttribute>().Select(attribute => attribute.Policy).ToList();
        return policies.Count > 0 && policies.TrueForAll(policy => Permissions.All.Contains(policy ?? "") || (policy == StaffOnly.Policy && ForStaff.Contains(route)));
    }
}
