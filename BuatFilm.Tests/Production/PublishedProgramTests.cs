using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using BuatFilm.Tests.Journeys;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Production;

/// <summary>What <c>dotnet publish</c> makes, started in Production as PRODUCTION.md says.</summary>
[Collection(LongProcessTests.Name)]
public sealed partial class PublishedProgramTests
{
    [Fact]
    public async Task Program_PublishedAndStartedInProduction_IsReadyServesItsFilesAndSaysWhatIsStillToBeSet()
    {
        using var folder = new TemporaryFolder();
        await PublishAsync(folder["program"]);
        Directory.CreateDirectory(folder["secrets"]);
        await using var server = await RolesServer.StartAsync();
        await using var mail = new ScriptedSmtpServer();

        // The secrets as systemd hands them on, with the line end that editors leave.
        await File.WriteAllTextAsync(folder["secrets/ConnectionStrings__BuatFilm"], server.App + "\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["secrets/ConnectionStrings__Migrations"], server.Owner + "\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["secrets/Midtrans__ServerKey"], "Mid-server-TESTKEY\n", TestContext.Current.CancellationToken);
        await using var app = new AppProcess(
            cluster: null,
            ("environment", "Production"),
            ("LocalPostgres:DataDirectory", ""),
            ("Sandbox:DataDirectory", ""),
            ("RateLimits:Enabled", ""),
            ("Smtp:Host", "127.0.0.1"),
            ("Smtp:Port", mail.Port.ToString(CultureInfo.InvariantCulture)),
            ("Smtp:Security", "None"),
            ("Smtp:From", "toko@buatfilm.test"),
            ("Proxies:Known", "127.0.0.1"),
            ("PublicBaseUrl", "https://admin.buatfilm.test"))
        {
            PublishedFolder = folder["program"],
            Variables = new Dictionary<string, string> { ["CREDENTIALS_DIRECTORY"] = folder["secrets"] },
        };

        await app.StartAsync();

        await AssertServesAsync(app, "/_framework/blazor.web.js", "text/javascript");
        await AssertServesAsync(app, "/_content/MudBlazor/MudBlazor.min.css", "text/css");
        await AssertServesAsync(app, "/app.css", "text/css");
        var signIn = await app.Client.GetStringAsync("/account/sign-in", TestContext.Current.CancellationToken);
        Assert.Contains("tanpa HTTPS", signIn, StringComparison.Ordinal); // A session would not hold there, and the page says so.
        var linked = Stylesheet().Matches(signIn).Select(match => match.Groups["address"].Value).ToList();
        Assert.NotEmpty(linked);
        foreach (var address in linked)
        {
            await AssertServesAsync(app, "/" + address.TrimStart('/'), "text/css");
        }

        await app.WroteAsync("https://admin.buatfilm.test/account/setup?token=");
        Assert.Contains("BuatFilm.Admin is ready (Production).", app.Output, StringComparison.Ordinal);
        Assert.Contains("Console           https://admin.buatfilm.test/", app.Output, StringComparison.Ordinal);
        Assert.Contains("user buatfilm_app", app.Output, StringComparison.Ordinal);
        Assert.Contains("- Midtrans:IsProduction", app.Output, StringComparison.Ordinal);
        Assert.Contains("- Ops:AlertEmails", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("- PublicBaseUrl", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("- Proxies:Known", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("- ConnectionStrings", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("app-password", app.Output, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(app, "/sandbox"));
        await AssertFollowsTheProxyAsync(app);

        app.Terminate();
        Assert.Equal(0, await app.EndAsync());
    }

    // The redirect to the sign-in page goes to the scheme and host that the browser used, not to those of the inner connection.
    private static async Task AssertFollowsTheProxyAsync(AppProcess app)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = app.Client.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = "admin.buatfilm.test";
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        request.Headers.Add("X-Forwarded-Proto", "https");
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith("https://admin.buatfilm.test/account/", new Uri(new Uri("https://admin.buatfilm.test/"), answer.Headers.Location!).ToString(), StringComparison.Ordinal);

        // Whoever comes by way of a proxy is not on this machine.
        using var metrics = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        metrics.Headers.Add("X-Forwarded-For", "203.0.113.9");
        using var refused = await client.SendAsync(metrics, TestContext.Current.CancellationToken);
        Assert.NotEqual(HttpStatusCode.OK, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, "/metrics"));
    }

    private static async Task<HttpStatusCode> StatusAsync(AppProcess app, string path)
    {
        using var answer = await app.Client.GetAsync(path, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static async Task AssertServesAsync(AppProcess app, string path, string mediaType)
    {
        using var answer = await app.Client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode}");
        Assert.Equal(mediaType, answer.Content.Headers.ContentType?.MediaType);
        Assert.True((await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length > 500, path);
    }

    // Without building again what this test's own build has built; in its configuration, then.
    private static async Task PublishAsync(string folder)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var start = new ProcessStartInfo("dotnet", ["publish", SourceTree.PathOf("BuatFilm.Admin"), "--no-build", "-c", configuration, "-o", folder, "-v", "quiet", "-nologo"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var inherited in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(inherited);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, said + await errors);
    }

    [GeneratedRegex("""<link[^>]*href="(?<address>[^":]+\.css)"[^>]*>""", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Stylesheet();
}
