using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BuatFilm.Tests.Alerts;

/// <summary>What stands behind <c>Ops:AlertWebhookUrl</c> in a test: a socket on loopback that keeps what is posted.</summary>
internal sealed class AlertListener : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AlertListener(WebApplication app) => _app = app;

    public ConcurrentQueue<AlertRequest> Requests { get; } = new();

    /// <summary>What it answers.</summary>
    public int Status { get; set; } = StatusCodes.Status204NoContent;

    public Uri Address { get; private set; } = null!;

    public static async Task<AlertListener> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var listener = new AlertListener(app);
        app.Run(listener.TakeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        listener.Address = new Uri(app.Urls.First() + "/alerts");

        return listener;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Requests.Enqueue(new AlertRequest(headers, await reader.ReadToEndAsync()));
        context.Response.StatusCode = Status;
        if (Status is >= 300 and < 400)
        {
            context.Response.Headers.Location = "/elsewhere";
        }
    }
}

internal sealed record AlertRequest(IReadOnlyDictionary<string, string> Headers, string Body);
