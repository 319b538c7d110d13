using System.Net;
using BuatFilm.Admin.Sandbox.Faults;
using Microsoft.AspNetCore.Hosting.Server;

namespace BuatFilm.Admin.Sandbox.Http;

/// <summary>One HTTP stand-in's own web server on the loopback address, which can be taken down and brought back on its port.</summary>
internal sealed class LoopbackWebServer : IAsyncDisposable
{
    /// <summary>The largest body any stand-in reads, in bytes.</summary>
    private const int MaxBody = 1024 * 1024;

    private readonly Action<IEndpointRouteBuilder> _map;
    private readonly SpoiltAnswers _spoilt;
    private readonly FaultSwitch _faults;
    private readonly TimeProvider _time;
    private WebApplication? _running;

    /// <param name="map">Maps the stand-in's routes.</param>
    /// <param name="spoilt">Writes the protocol's own 5xx or refusal.</param>
    public LoopbackWebServer(Action<IEndpointRouteBuilder> map, SpoiltAnswers spoilt, FaultSwitch faults, TimeProvider time)
    {
        _map = map;
        _spoilt = spoilt;
        _faults = faults;
        _time = time;
    }

    public bool IsListening => _running is not null;

    /// <exception cref="IOException">The port is taken.</exception>
    public async Task ListenAsync(int port, CancellationToken cancellationToken)
    {
        // Tests take the first host that the program builds for the app. What flows with the execution context is
        // how they find it, so this one is built without.
        Task<WebApplication> building;
        using (ExecutionContext.SuppressFlow())
        {
            building = Task.Run(() => Build(port), cancellationToken);
        }

        var app = await building;
        app.Use(SpoilAsync);
        app.UseRouting();
        _map(app);

        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        _running = app;
    }

    private static WebApplication Build(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.Limits.MaxConcurrentConnections = 2_000;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddRoutingCore();

        // The default one would take Ctrl+C and SIGTERM for itself and stop this server before the app.
        builder.Services.AddSingleton<IHostLifetime, IgnoresSignals>();

        return builder.Build();
    }

    /// <summary>Closes the port and every connection, at once.</summary>
    public async Task CloseAsync()
    {
        if (_running is not { } app)
        {
            return;
        }

        _running = null;

        // An already cancelled token means: do not wait for calls under way, abort them.
        await app.Services.GetRequiredService<IServer>().StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task SpoilAsync(HttpContext context, RequestDelegate next)
    {
        var draw = _faults.Draw();

        switch (draw.Mode)
        {
            case FaultMode.Ok:
                await next(context);
                return;

            case FaultMode.Slow:
                // Late before the work, not after it: whoever gave up waiting finds that nothing happened.
                await draw.DelayAsync(_time, context.RequestAborted);
                await next(context);
                return;

            case FaultMode.Hang:
                await HangAsync(context, draw);
                return;

            case FaultMode.Down:
                context.Abort();
                return;

            case FaultMode.Error:
                await _spoilt.WriteErrorAsync(context);
                return;

            case FaultMode.Refuse:
                await _spoilt.WriteRefusalAsync(context);
                return;
        }
    }

    private static async Task HangAsync(HttpContext context, FaultDraw draw)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(draw.Changed, context.RequestAborted);
        await Task.Delay(Timeout.Infinite, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Abort();
    }

    private sealed class IgnoresSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>The answers of a protocol whose service is broken, or refuses for good.</summary>
internal sealed record SpoiltAnswers(Func<HttpContext, Task> WriteErrorAsync, Func<HttpContext, Task> WriteRefusalAsync);
