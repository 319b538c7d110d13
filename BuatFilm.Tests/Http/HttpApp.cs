using System.Text.Json;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace BuatFilm.Tests.Http;

/// <summary>A server with the shared parts of the API and a few routes, and a client of it.</summary>
internal sealed class HttpApp : IAsyncDisposable
{
    public const string StorefrontKey = "storefront-key-number-one";
    public const string OpsKey = "ops-key-number-one-of-ops";

    private readonly WebApplication _app;

    private HttpApp(WebApplication app) => _app = app;

    public HttpClient Client { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    public static async Task<HttpApp> StartAsync(Dictionary<string, string?>? settings = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Storefront:ApiKeys:shop"] = StorefrontKey,
            ["Ops:ApiKeys:robot"] = OpsKey,
        });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Services.AddProblemAnswers();
        builder.Services.AddApiKeys(builder.Configuration);
        builder.Services.AddPermissionPolicies();
        builder.Services.AddRateLimits(builder.Configuration);
        builder.Services.AddKnownProxies(builder.Configuration);

        var app = builder.Build();
        app.UseForwardedHeaders();
        app.UseProblemAnswers();
        app.UseRouting();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        Map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);

        return new HttpApp(app) { Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) } };
    }

    public async Task<Reply> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await SendAsync(request);
    }

    public async Task<Reply> SendAsync(HttpRequestMessage request)
    {
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);

        return new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), headers);
    }

    public Task<Reply> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, headers);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private static void Map(WebApplication app)
    {
        app.MapGet("/api/order", (HttpContext context) => Results.Ok(Access.ActorOf(context.User))).RequirePermission(Permissions.OrdersRead);
        app.MapPost("/api/order", (Payload payload) => Results.Ok(payload.Total)).RequirePermission(Permissions.OrdersPlace);
        app.MapGet("/api/number/{number}", (int number) => Results.Ok(number)).AllowAnonymousBecause("a test");
        app.MapGet("/api/throws/{what}", IResult (string what) => throw what switch
        {
            "timeout" => new TimeoutException("secret"),
            "pool" => new Npgsql.NpgsqlException("secret", new TimeoutException()),
            "wrapped" => new InvalidOperationException("secret", new Npgsql.NpgsqlException("secret", new IOException())),
            "shutdown" => new Npgsql.PostgresException("secret", "FATAL", "FATAL", "57P01"),
            "statement-timeout" => new Npgsql.PostgresException("secret", "ERROR", "ERROR", "57014"),
            "unique" => new Npgsql.PostgresException("secret", "ERROR", "ERROR", "23505"),
            "bad" => new BadHttpRequestException("secret"),
            _ => new InvalidOperationException("secret"),
        });
        app.MapGet("/api/address", (HttpContext context) => Results.Ok(context.Connection.RemoteIpAddress?.ToString()));
        app.MapGet("/api/details", async (HttpContext context, CancellationToken _) => Results.Ok(await context.MayAsync(Permissions.HealthDetails)));
        app.MapGet("/api/local", () => Results.Ok("local")).RequireLoopback();
        app.MapGet("/api/limited", () => Results.Ok(1)).RequirePermission(Permissions.OrdersRead).RequireRateLimiting(RateLimits.Storefront);
        app.MapGet("/api/webhook", () => Results.Ok(1)).RequireRateLimiting(RateLimits.Webhook);
        app.MapGet("/page", IResult () => throw new BadHttpRequestException("a page's own matter"));
    }

    private sealed record Payload(long Total);
}

internal sealed record Reply(int Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public string? Code => JsonDocument.Parse(Body).RootElement.GetProperty("code").GetString();
}
