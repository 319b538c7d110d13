using BuatFilm.Admin.Security;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Architecture;

/// <summary>Every route says who may call it, and a new one is seen in <c>Routes.approved.txt</c>.</summary>
public sealed class RouteTests(AppHost host) : IClassFixture<AppHost>
{
    private const string Approved = "BuatFilm.Tests/Architecture/Routes.approved.txt";
    private const string Variable = "BUATFILM_APPROVE_ROUTES";
    private const string Nothing = "says nothing";

    /// <summary>Routes that cannot say it themselves.</summary>
    private static readonly (Func<RouteEndpoint, bool> Fits, string Reason)[] Others =
    [
        (endpoint => Pattern(endpoint).StartsWith("/sandbox", StringComparison.Ordinal), "public: Development only, and this machine only"),
        (endpoint => Pattern(endpoint) == "/{**path:file}", "public: static assets that were added while it runs, Development only"),
        (endpoint => Pattern(endpoint) is "/error" or "/not-found", "public: an error page shows nothing of the shop"),
        (endpoint => Pattern(endpoint) == "/culture", "public: sets the language, and leads nowhere but to this site"),
        (endpoint => Pattern(endpoint) is "/account/sign-in" or "/account/forgot-password", "public: for who is not signed in; limited, and tells nobody who has an account"),
        (endpoint => Pattern(endpoint) is "/account/setup" or "/account/invitation" or "/account/reset-password", "public: the token in the link is the authentication, once"),
    ];

    [Fact]
    public void Routes_NameAPermissionOrAReason()
    {
        Found.Nothing(Lines().Where(line => line.EndsWith(Nothing, StringComparison.Ordinal)));
    }

    [Fact]
    public void Routes_NameOnlyPermissionsThatExist()
    {
        var named = Endpoints().SelectMany(endpoint => endpoint.Metadata.OfType<PermissionMetadata>()).Select(permission => permission.Permission);

        Found.Nothing(named.Except(Permissions.All, StringComparer.Ordinal));
    }

    [Fact]
    public void Routes_WithAPermission_AskForIt()
    {
        // The metadata is a word; the authorization data is the lock, and must be the same.
        var guarded = Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<PermissionMetadata>() is not null).ToList();
        Assert.True(guarded.Count > 20, $"Only {guarded.Count} routes name a permission.");

        Found.Nothing(guarded.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(endpoint => $"{endpoint.DisplayName} lets everybody in"));
        Found.Nothing(
            from endpoint in guarded
            where endpoint is not RouteEndpoint { RoutePattern.RawText: "/metrics" } // It asks for the same of a key, and of nobody on this machine: AccessTests.
            let asked = endpoint.Metadata.OfType<IAuthorizeData>().Select(data => data.Policy)
            from permission in endpoint.Metadata.OfType<PermissionMetadata>().Select(metadata => metadata.Permission).Except(asked, StringComparer.Ordinal)
            select $"{endpoint.DisplayName} names {permission} and asks for {string.Join(", ", asked)}");
    }

    [Fact]
    public void Routes_AreTheApprovedOnes()
    {
        var path = SourceTree.PathOf(Approved);
        var received = Lines();
        if (Environment.GetEnvironmentVariable(Variable) == "1")
        {
            File.WriteAllText(path, string.Join('\n', received) + "\n");
        }

        var approved = File.Exists(path) ? File.ReadAllLines(path) : [];
        var difference = approved.Except(received, StringComparer.Ordinal).Select(line => "- " + line)
            .Concat(received.Except(approved, StringComparer.Ordinal).Select(line => "+ " + line))
            .ToList();

        Assert.True(
            difference.Count == 0,
            $"""
            The routes are not those of {Approved}:

            {string.Join(Environment.NewLine, difference)}

            If that is meant, run this test once with {Variable}=1, look at the file's diff, and commit it.
            """);
        Assert.Equal(approved, received);
    }

    private static string Pattern(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.TrimStart('/');

    private static string AccessOf(RouteEndpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<PermissionMetadata>() is { } permission)
        {
            return permission.Permission;
        }

        if (endpoint.Metadata.GetMetadata<PublicRouteMetadata>() is { } open)
        {
            return $"public: {open.Reason}";
        }

        if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return Others.FirstOrDefault(other => other.Fits(endpoint)).Reason ?? Nothing;
        }

        var policies = endpoint.Metadata.OfType<IAuthorizeData>().Select(data => data.Policy).OfType<string>().ToList();
        if (policies.Contains(LoopbackOnly.Policy))
        {
            return "this machine only";
        }

        if (policies.Find(Permissions.All.Contains) is { } policy)
        {
            return policy;
        }

        return policies.Contains(StaffOnly.Policy) ? "staff" : Others.FirstOrDefault(other => other.Fits(endpoint)).Reason ?? Nothing;
    }

    private List<string> Lines()
    {
        // One line for all of them: they carry a digest in their names.
        var assets = Endpoints().Where(IsAsset).ToList();
        Assert.All(assets, endpoint => Assert.All(Methods(endpoint), method => Assert.Contains(method, (string[])["GET", "HEAD"])));

        return
        [
            .. Endpoints()
                .Where(endpoint => !IsAsset(endpoint))
                .SelectMany(endpoint => Methods(endpoint).Select(method => $"{Pattern(endpoint)} {method} – {AccessOf(endpoint)}"))
                .Append("(static assets) GET, HEAD – public: styles, scripts and images")
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
    }

    private static bool IsAsset(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null;

    private static IEnumerable<string> Methods(RouteEndpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null)
        {
            return ["PAGE"]; // GET, and POST for forms.
        }

        return endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods.Order(StringComparer.Ordinal) : ["ANY"];
    }

    private IEnumerable<RouteEndpoint> Endpoints() => host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();
}
