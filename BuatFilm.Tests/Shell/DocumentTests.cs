using System.Net;
using System.Text.RegularExpressions;
using BuatFilm.Admin.Features.Health;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Shell;
using BuatFilm.Tests.Browser;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BuatFilm.Tests.Shell;

/// <summary>What a browser is sent, by a server with the shell alone.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public async Task Overview_AtFirst_IsIndonesianAndItsFilesExist()
    {
        await using var app = await StartAsync();
        using var client = app.GetTestClient();

        var html = await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Contains("<html lang=\"id\">", html, StringComparison.Ordinal);
        Assert.Contains("Menunggu pemeriksaan pertama", html, StringComparison.Ordinal);
        var files = LinkedFile().Matches(html).Select(match => match.Groups["file"].Value).ToList();
        Assert.True(files.Count >= 7, string.Join(' ', files));
        foreach (var file in files)
        {
            var answer = await client.GetAsync(new Uri("/" + file.TrimStart('/'), UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode, $"{file}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Overview_Always_KeepsToAPolicyWithoutInlineScript()
    {
        await using var app = await StartAsync();
        using var client = app.GetTestClient();

        var html = await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Empty(InlineScript().Matches(html).Select(match => match.Value));
        Assert.Empty(InlineHandler().Matches(html).Select(match => match.Value));
    }

    [Fact]
    public async Task Overview_WithBothPalettes_ScopesTheDarkOne()
    {
        await using var app = await StartAsync();
        using var client = app.GetTestClient();

        var html = await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Matches(@":root\{[^}]*--mud-palette-surface: ", html);
        Assert.Matches(@":root\[data-theme=dark\]\{[^}]*--mud-palette-surface: ", html);
    }

    [Fact]
    public async Task Overview_AfterChoosingEnglish_IsEnglish()
    {
        await using var app = await StartAsync();
        using var client = app.GetTestClient();
        var answer = await client.GetAsync(new Uri("/culture?value=en&back=%2F", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Cookie", answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);

        var page = await client.SendAsync(request, TestContext.Current.CancellationToken);

        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("<html lang=\"en\">", html, StringComparison.Ordinal);
        Assert.Contains("Waiting for the first check", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/orders/A-1?x=1", "/orders/A-1?x=1")]
    [InlineData("https://elsewhere.example/", "/")]
    [InlineData("//elsewhere.example/", "/")]
    [InlineData("/\\elsewhere.example/", "/")]
    [InlineData("/\t/elsewhere.example/", "/")]
    [InlineData("", "/")]
    public async Task Culture_ForAnyWayBack_StaysOnThisSite(string back, string location)
    {
        await using var app = await StartAsync();
        using var client = app.GetTestClient();

        var answer = await client.GetAsync(new Uri($"/culture?value=id&back={Uri.EscapeDataString(back)}", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(location, answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Culture_ForALanguageWeDoNotSpeak_IsRefused()
    {
        await using var app = await StartAsync();
        using var client = app.GetTestClient();

        var answer = await client.GetAsync(new Uri("/culture?value=fr", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(answer.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(cookie => cookie.Contains("Culture", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task UnknownAddress_ForPeople_IsAPageThatSaysSo()
    {
        await using var app = await StartAsync();
        using var client = app.GetTestClient();

        var answer = await client.GetAsync(new Uri("/no-such-page", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("Halaman tidak ada", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownAddress_ForMachines_IsNoPage()
    {
        await using var app = await StartAsync();
        using var client = app.GetTestClient();

        var answer = await client.GetAsync(new Uri("/api/v1/no-such-route", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Failure_InProduction_ShowsANumberAndNothingOfTheFault()
    {
        await using var app = await StartAsync(Environments.Production);
        using var client = app.GetTestClient();

        var answer = await client.GetAsync(new Uri("/fails", UriKind.Relative), TestContext.Current.CancellationToken);

        var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("Terjadi kesalahan", html, StringComparison.Ordinal);
        Assert.DoesNotContain("the secret reason", html, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync(string? environment = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = "BuatFilm.Admin",
            EnvironmentName = environment ?? Environments.Development,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        StaticWebAssetsLoader.UseStaticWebAssets(builder.Environment, builder.Configuration);
        builder.Services.AddLive();
        builder.Services.AddHealthAnswers(builder.Configuration);
        TestOperator.AddTo(builder.Services);
        builder.Services.AddPermissionPolicies().AddShell();
        var app = builder.Build();
        app.UseShell();
        app.UseAuthentication().UseAuthorization();
        app.MapGet("/fails", string () => throw new InvalidOperationException("the secret reason"));
        app.MapHealth();
        app.MapShell();
        await app.StartAsync(TestContext.Current.CancellationToken);

        return app;
    }

    [GeneratedRegex("""<(?:script|link)[^>]*?(?:src|href)="(?<file>[^"]+)["]""", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex LinkedFile();

    [GeneratedRegex(@"<script(?![^>]*\ssrc=)[^>]*>", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex InlineScript();

    [GeneratedRegex(@"<[^>]*\son[a-z]+=", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex InlineHandler();
}
