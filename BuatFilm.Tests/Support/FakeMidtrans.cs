using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BuatFilm.Tests.Support;

/// <summary>One Snap create as it arrived.</summary>
/// <param name="Number">Creates of this id so far, this one among them.</param>
/// <param name="WasMade">True when an earlier one took effect, whether or not its answer arrived.</param>
internal sealed record SnapCall(string MidtransOrderId, long GrossAmount, int Number, bool WasMade);

/// <summary>How a call is answered.</summary>
/// <param name="TakesEffect">For a create: the page exists afterwards, whatever is answered.</param>
/// <param name="Body">Null for the right answer.</param>
/// <param name="Delay">Before the answer.</param>
/// <param name="Resets">Instead of an answer the connection is reset.</param>
internal sealed record Reply(int Status, string? Body = null, bool TakesEffect = false, TimeSpan Delay = default, bool Resets = false, string MediaType = "application/json")
{
    public static Reply Created { get; } = new(201, TakesEffect: true);
}

/// <summary>A Midtrans over HTTP that remembers what it made, and answers every create as the test says.</summary>
internal sealed class FakeMidtrans : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, JsonObject> _payments = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _questions = new();

    private FakeMidtrans(WebApplication app)
    {
        _app = app;
    }

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>Decides each answer.</summary>
    public Func<SnapCall, Reply> OnCreate { get; set; } = _ => Reply.Created;

    /// <summary>Decides the answer of GET status, when it is not what the book says.</summary>
    public Func<string, Reply?> OnStatus { get; set; } = _ => null;

    public int Creates => _calls.Values.Sum();

    /// <summary>Questions to GET status about ids that begin so; others may ask about others.</summary>
    public int QuestionsAbout(string beginning) => _questions.Count(id => id.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>The ids that Midtrans was asked to make pages for.</summary>
    public IReadOnlyCollection<string> Ids => [.. _calls.Keys];

    public static async Task<FakeMidtrans> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new FakeMidtrans(builder.Build());
        server._app.MapPost("/snap/v1/transactions", server.CreateAsync);
        server._app.MapGet("/v2/{id}/status", server.TellAsync);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>The token of the page that can be paid; null when there is none.</summary>
    public string? LiveToken(string midtransOrderId) => _tokens.TryGetValue(midtransOrderId, out var tokens) ? tokens.LastOrDefault() : null;

    public int CallsOf(string midtransOrderId) => _calls.GetValueOrDefault(midtransOrderId);

    /// <summary>What GET status tells of an order or a transaction.</summary>
    public void Tell(string id, JsonObject payment) => _payments[id] = payment;

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task CreateAsync(HttpContext context)
    {
        var request = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!["transaction_details"]!;
        var id = (string)request["order_id"]!;
        var number = _calls.AddOrUpdate(id, 1, (_, count) => count + 1);
        var reply = OnCreate(new SnapCall(id, (long)request["gross_amount"]!, number, _tokens.ContainsKey(id)));
        if (reply.TakesEffect)
        {
            _tokens.GetOrAdd(id, _ => new ConcurrentQueue<string>()).Enqueue(Guid.NewGuid().ToString());
        }

        await AnswerAsync(context, reply, () => new JsonObject { ["token"] = LiveToken(id), ["redirect_url"] = $"https://pay.example/{LiveToken(id)}" }.ToJsonString());
    }

    private Task TellAsync(HttpContext context, string id)
    {
        _questions.Enqueue(id);
        var known = _payments.GetValueOrDefault(id);
        return AnswerAsync(
            context,
            OnStatus(id) ?? new Reply(known is null ? 404 : 200),
            () => known?.ToJsonString() ?? """{"status_code":"404","status_message":"Transaction doesn't exist."}""");
    }

    private static async Task AnswerAsync(HttpContext context, Reply reply, Func<string> right)
    {
        if (reply.Delay > TimeSpan.Zero)
        {
            await Task.Delay(reply.Delay, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (reply.Resets || context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = reply.MediaType;
        await context.Response.WriteAsync(reply.Body ?? right());
    }

    /// <summary>A payment as GET status tells of it.</summary>
    public static JsonObject Payment(string midtransOrderId, string transactionId, string status, long amount, DateTimeOffset at) => new()
    {
        ["status_code"] = status == "pending" ? "201" : status == "expire" ? "407" : "200",
        ["transaction_id"] = transactionId,
        ["order_id"] = midtransOrderId,
        ["gross_amount"] = string.Create(CultureInfo.InvariantCulture, $"{amount}.00"),
        ["payment_type"] = "gopay",
        ["transaction_time"] = at.ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        ["transaction_status"] = status,
        ["fraud_status"] = "accept",
        ["currency"] = "IDR",
    };
}
