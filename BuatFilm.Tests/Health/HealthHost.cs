using System.Security.Claims;
using BuatFilm.Admin.Features.Health;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace BuatFilm.Tests.Health;

/// <summary>A server with nothing but the health routes; the test is who feeds the board.</summary>
internal sealed class HealthHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HealthHost(WebApplication app, FakeTimeProvider time)
    {
        _app = app;
        Time = time;
        Client = app.GetTestClient();
    }

    public HttpClient Client { get; }

    public FakeTimeProvider Time { get; }

    public StatusBoard Board => _app.Services.GetRequiredService<StatusBoard>();

    public static async Task<HealthHost> StartAsync(
        Dictionary<string, string?>? settings = null,
        string[]? permissions = null,
        params IReadinessCondition[] conditions)
    {
        var time = new FakeTimeProvider(Boards.Noon);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.WebHost.UseTestServer();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton(Boards.Node);
        builder.Services.AddLive();
        builder.Services.AddApiKeys(builder.Configuration);
        builder.Services.AddHealthAnswers(builder.Configuration);
        foreach (var condition in conditions)
        {
            builder.Services.AddSingleton(condition);
        }

        var app = builder.Build();
        app.Use((context, next) =>
        {
            context.User = new ClaimsPrincipal(new ClaimsIdentity((permissions ?? []).Select(permission => new Claim("permission", permission)), "test"));
            return next(context);
        });
        app.MapHealth();
        await app.StartAsync(TestContext.Current.CancellationToken);

        return new HealthHost(app, time);
    }

    /// <summary>The process is told to stop; the server still answers.</summary>
    public void BeginToStop() => _app.Lifetime.StopApplication();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
