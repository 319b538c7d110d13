using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuatFilm.Admin.Sandbox.Faults;
using BuatFilm.Admin.Sandbox.Http;
using BuatFilm.Admin.Sandbox.Messages;
using BuatFilm.Admin.Sandbox.Midtrans;
using BuatFilm.Admin.Sandbox.Storefront;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BuatFilm.Admin.Sandbox;

/// <summary><c>/sandbox</c>: the shop, and the switches and windows of the stand-ins, for this machine only.</summary>
internal static class SandboxEndpoints
{
    public static IEndpointRouteBuilder MapSandbox(this IEndpointRouteBuilder routes, SandboxHost sandbox)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(sandbox);

        var all = routes.MapGroup("/sandbox")
            .AllowAnonymous()
            .DisableRateLimiting()
            .ExcludeFromDescription()
            .AddEndpointFilter(RequireLoopbackAsync);
        var api = all.MapGroup("/api");

        StorefrontEndpoints.MapPages(all, sandbox);
        StorefrontEndpoints.MapShop(api, sandbox.Shop);
        api.MapGet("/addresses", () => Ok(Addresses(sandbox)));
        api.MapGet("/messages", (string? orderId, string? channel) => Ok(Messages(sandbox, orderId, channel)));
        api.MapGet("/stats", () => Ok(sandbox.StandIns.ToDictionary(pair => pair.Key, pair => pair.Value.Statistics())));
        api.MapGet("/faults", () => Ok(sandbox.StandIns.ToDictionary(pair => pair.Key, pair => Describe(pair.Value.Faults.Current))));
        api.MapPost("/faults", (HttpContext context, CancellationToken cancellationToken) => SetFaultAsync(context, sandbox, cancellationToken));
        api.MapPost("/pay", (HttpContext context, CancellationToken cancellationToken) => PayAsync(context, sandbox, cancellationToken));

        return routes;
    }

    private static async ValueTask<object?> RequireLoopbackAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        // No address means no network: the app is being called within its own process.
        var remote = context.HttpContext.Connection.RemoteIpAddress;
        return remote is null || IPAddress.IsLoopback(remote)
            ? await next(context)
            : Problem(StatusCodes.Status403Forbidden, "loopback_only", "Call the sandbox from the machine it runs on.");
    }

    private static async Task<IResult> SetFaultAsync(HttpContext context, SandboxHost sandbox, CancellationToken cancellationToken)
    {
        if (!context.Request.HasJsonContentType() || await RequestBody.ReadObjectAsync(context, cancellationToken) is not { } body)
        {
            return NotJson();
        }

        var name = body.Text("service")?.ToLowerInvariant();
        if (name is not (SandboxHost.MidtransName or SandboxHost.SmtpName or SandboxHost.WhatsAppName))
        {
            return Problem(StatusCodes.Status400BadRequest, "unknown_service", "Give service as midtrans, smtp or whatsapp.");
        }

        if (!TryReadMode(body.Text("mode"), out var mode))
        {
            return Problem(StatusCodes.Status400BadRequest, "unknown_mode", "Give mode as ok, down, error, slow, hang or refuse.");
        }

        if (!TryReadNumber(body, "rate", least: 0, most: 1, Fault.None.Rate, out var rate))
        {
            return Problem(StatusCodes.Status400BadRequest, "rate_invalid", "Give rate as a number from 0 to 1.");
        }

        if (!TryReadNumber(body, "delayMs", least: 0, most: 600_000, Fault.None.Delay.TotalMilliseconds, out var delay))
        {
            return Problem(StatusCodes.Status400BadRequest, "delay_invalid", "Give delayMs as a number from 0 to 600000.");
        }

        if (!TryReadNumber(body, "seed", int.MinValue, int.MaxValue, Fault.None.Seed, out var seed))
        {
            return Problem(StatusCodes.Status400BadRequest, "seed_invalid", "Give seed as a whole number.");
        }

        if (!sandbox.StandIns.ContainsKey(name))
        {
            return IsOff(name);
        }

        var fault = new Fault(mode, rate, TimeSpan.FromMilliseconds(delay), (int)seed);
        try
        {
            await sandbox.SetFaultAsync(name, fault, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return Problem(StatusCodes.Status409Conflict, "port_taken", "Another program took the stand-in's port; free it and switch again.");
        }

        return Ok(new { Service = name, Fault = Describe(fault) });
    }

    private static async Task<IResult> PayAsync(HttpContext context, SandboxHost sandbox, CancellationToken cancellationToken)
    {
        if (!context.Request.HasJsonContentType() || await RequestBody.ReadObjectAsync(context, cancellationToken) is not { } body)
        {
            return NotJson();
        }

        if (body.Text("orderId") is not { Length: > 0 } orderId)
        {
            return Problem(StatusCodes.Status400BadRequest, "order_id_missing", "Give orderId as the shop's order id.");
        }

        var bank = body.Text("bank")?.ToLowerInvariant();
        var store = body.Text("store")?.ToLowerInvariant();
        if (PaymentMethod.Find(body.Text("method")?.ToLowerInvariant(), bank, store) is not { } method)
        {
            return Problem(
                StatusCodes.Status400BadRequest,
                "unknown_method",
                "Give method as a payment_type of Midtrans; bank as bca, bni, bri, cimb or permata; store as indomaret or alfamart.");
        }

        if (!PaymentStates.TryRead(body.Text("outcome"), out var outcome))
        {
            return Problem(StatusCodes.Status400BadRequest, "unknown_outcome", "Give outcome as a transaction_status of Midtrans, or challenge.");
        }

        if (body["amount"] is not null && body.WholeNumber("amount") is not > 0)
        {
            return AmountInvalid();
        }

        if (sandbox.Payments is not { } payments)
        {
            return IsOff(SandboxHost.MidtransName);
        }

        var anyProvider = bank is null && store is null;
        var result = payments.Pay(new PayOrder(orderId, method, anyProvider, outcome, body.WholeNumber("amount")));

        return result.Verdict switch
        {
            PayVerdict.Done => Accepted(result.Payment!),
            PayVerdict.UnknownOrder => Problem(
                StatusCodes.Status404NotFound, "unknown_order", "No Snap token was made for this order yet; place the order first."),
            PayVerdict.SessionEnded => Problem(
                StatusCodes.Status409Conflict, "session_ended", "The order's payment page has expired or was cancelled; get a new token."),
            PayVerdict.StateForbids => Problem(
                StatusCodes.Status409Conflict, "outcome_not_possible", "No payment of this order can have that outcome any more."),
            PayVerdict.AmountForbids => AmountInvalid(),
        };
    }

    private static JsonHttpResult<object> Accepted(Payment payment) => TypedResults.Json<object>(
        new
        {
            payment.TransactionId,
            MidtransOrderId = payment.OrderId,
            TransactionStatus = payment.State.WireName(),
            PaymentType = payment.Method.Type,
            payment.GrossAmount,
        },
        SandboxJson.Api,
        statusCode: StatusCodes.Status202Accepted);

    private static object Addresses(SandboxHost sandbox) => new
    {
        Midtrans = Address(sandbox, SandboxHost.MidtransName, "http"),
        Smtp = Address(sandbox, SandboxHost.SmtpName, "smtp"),
        SmtpHost = sandbox.PortOf(SandboxHost.SmtpName) is null ? null : sandbox.SmtpHost,
        SmtpPort = sandbox.PortOf(SandboxHost.SmtpName),
        Whatsapp = Address(sandbox, SandboxHost.WhatsAppName, "http"),
    };

    private static string? Address(SandboxHost sandbox, string name, string scheme) => sandbox.PortOf(name) is { } port
        ? string.Create(CultureInfo.InvariantCulture, $"{scheme}://{sandbox.SmtpHost}:{port}")
        : null;

    private static ReceivedMessage[] Messages(SandboxHost sandbox, string? orderId, string? channel) => sandbox.Messages
        .Where(message => (orderId is null || message.OrderId == orderId) && (channel is null || message.Channel == channel))
        .ToArray();

    private static object Describe(Fault fault) => new
    {
        Mode = NameOf(fault.Mode),
        fault.Rate,
        DelayMs = fault.Delay.TotalMilliseconds,
        fault.Seed,
    };

    private static string NameOf(FaultMode mode) => mode switch
    {
        FaultMode.Ok => "ok",
        FaultMode.Down => "down",
        FaultMode.Error => "error",
        FaultMode.Slow => "slow",
        FaultMode.Hang => "hang",
        FaultMode.Refuse => "refuse",
    };

    private static bool TryReadMode(string? name, out FaultMode mode)
    {
        foreach (var candidate in Enum.GetValues<FaultMode>())
        {
            if (string.Equals(NameOf(candidate), name, StringComparison.OrdinalIgnoreCase))
            {
                mode = candidate;
                return true;
            }
        }

        mode = default;
        return false;
    }

    private static bool TryReadNumber(JsonObject body, string name, double least, double most, double otherwise, out double number)
    {
        number = otherwise;
        if (body[name] is not { } given)
        {
            return true;
        }

        return given.GetValueKind() == JsonValueKind.Number
            && given.AsValue().TryGetValue(out number)
            && number >= least
            && number <= most;
    }

    private static JsonHttpResult<object> Ok(object value) => TypedResults.Json(value, SandboxJson.Api);

    private static ProblemHttpResult NotJson() =>
        Problem(StatusCodes.Status400BadRequest, "not_json", "Send a JSON object with Content-Type application/json.");

    private static ProblemHttpResult AmountInvalid() => Problem(
        StatusCodes.Status400BadRequest, "amount_invalid", "Give amount in whole rupiah, above 0 and at most what there is to give back.");

    private static ProblemHttpResult IsOff(string name) => Problem(
        StatusCodes.Status409Conflict, "stand_in_off", $"The app's settings name a real {name} service, so the sandbox runs no stand-in for it.");

    private static ProblemHttpResult Problem(int status, string code, string title) => TypedResults.Problem(
        statusCode: status,
        title: title,
        extensions: new Dictionary<string, object?> { ["code"] = code });
}
