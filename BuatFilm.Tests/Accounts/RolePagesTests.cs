using System.Net;
using System.Reflection;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;

namespace BuatFilm.Tests.Accounts;

/// <summary>Every page, asked for by every role and by nobody: what opens is what the role's permissions say, and a browser is told what it may run there.</summary>
public sealed class RolePagesTests(AppHost app) : IClassFixture<AppHost>
{
    private static readonly (string Address, string? Permission)[] Pages =
    [
        .. from type in typeof(Program).Assembly.GetTypes()
           from route in type.GetCustomAttributes<RouteAttribute>()
           let policy = type.GetCustomAttribute<AuthorizeAttribute>()?.Policy
           where policy is not null && !type.IsDefined(typeof(AllowAnonymousAttribute))
           select (route.Template.Replace("{orderId}", "TIADA-1", StringComparison.Ordinal).Replace("{Id}", "01a22048-9fa5-7215-b69b-2f8c4c12c4af", StringComparison.Ordinal),
               policy == StaffOnly.Policy ? null : policy),
    ];

    [Theory]
    [InlineData(Roles.Viewer)]
    [InlineData(Roles.Operator)]
    [InlineData(Roles.Finance)]
    [InlineData(Roles.Admin)]
    public async Task Pages_OfARole_AreThoseOfItsPermissions(string role)
    {
        Assert.InRange(Pages.Length, 17, 100);
        using var browser = await app.SignInAsync(role, $"Peran {role}");
        var granted = Roles.PermissionsOf(role);
        var wrong = new List<string>();
        foreach (var (address, permission) in Pages)
        {
            using var answer = await browser.GetAsync(address, TestContext.Current.CancellationToken);
            var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            var isOpen = permission is null || granted.Contains(permission);
            if (html.Contains("data-no-right", StringComparison.Ordinal) == isOpen || answer.StatusCode >= HttpStatusCode.InternalServerError || answer.StatusCode == HttpStatusCode.Redirect)
            {
                wrong.Add($"{address} ({permission}) for {role}: {(int)answer.StatusCode}, and it should be {(isOpen ? "open" : "closed")}");
            }
        }

        Found.Nothing(wrong);
    }

    [Fact]
    public async Task Pages_OfNobody_LeadToTheSignIn()
    {
        using var browser = app.Browser();
        foreach (var (address, _) in Pages)
        {
            using var answer = await browser.GetAsync(address, TestContext.Current.CancellationToken);

            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.StartsWith("/account/sign-in?", answer.Headers.Location!.IsAbsoluteUri ? answer.Headers.Location.PathAndQuery : answer.Headers.Location.OriginalString, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/account/sign-in", "script-src 'self';")]
    [InlineData("/not-there", "script-src 'self';")]
    [InlineData("/not-found?code=abc", "script-src 'self';")]
    [InlineData("/docs", "object-src 'none';")]
    public async Task Page_OfAnybody_RunsOurScriptsOnlyAndIsFramedByNobody(string address, string policy)
    {
        using var answer = await app.Anonymous.GetAsync(address, TestContext.Current.CancellationToken);

        Assert.True((int)answer.StatusCode is 200 or 404, $"{address}: {answer.StatusCode}");
        var said = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains(policy, said, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", said, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
    }
}
