using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BuatFilm.Tests.Webhooks;

/// <summary>GET status as a test wants it: the truth per transaction id, and 404 for what it does not know.</summary>
internal sealed class StatusServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, JsonObject> _truths = new(StringComparer.Ordinal);
    private int _questions;

    private StatusServer(WebApplication app)
    {
        _app = app;
    }

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public int Questions => Volatile.Read(ref _questions);

    /// <summary>While set, every question is answered 500.</summary>
    public bool IsDown { get; set; }

    public static async Task<StatusServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new StatusServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    public void Tell(string transactionId, JsonObject truth) => _truths[transactionId] = truth;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _questions);
        var id = context.Request.Path.Value!.Split('/')[2];
        if (IsDown)
        {
            context.Response.StatusCode = 500;
            return context.Response.WriteAsync("""{"status_code":"500","status_message":"Sorry."}""");
        }

        if (_truths.TryGetValue(id, out var truth))
        {
            return context.Response.WriteAsync(truth.ToJsonString());
        }

        context.Response.StatusCode = 404;
        return context.Response.WriteAsync("""{"status_code":"404","status_message":"Transaction doesn't exist."}""");
    }
}
