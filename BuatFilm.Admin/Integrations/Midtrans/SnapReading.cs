using System.Globalization;
using System.Text.Json;
using BuatFilm.Core.Breakers;

namespace BuatFilm.Admin.Integrations.Midtrans;

/// <summary>Says what the answer to a Snap create means: for the order, and for Midtrans as a whole.</summary>
/// <remarks>
/// Only faults of Midtrans' own are outages. What it refuses is one customer's matter, also when a program on the
/// way refuses in its place; a success may hold an error's code in its body.
/// </remarks>
internal static class SnapReading
{
    /// <param name="body">Null when it is not a JSON object: then it is not Midtrans that speaks.</param>
    public static SnapAnswer Of(int status, JsonElement? body, TimeSpan? retryAfter)
    {
        var isSuccess = status is >= 200 and < 300;
        if (isSuccess && body is { } made && MidtransJson.Text(made, "token") is { } token && IsPlain(token) && MidtransJson.Text(made, "redirect_url") is { } url && IsPlain(url))
        {
            return new SnapAnswer(SnapResult.Created, ServiceVerdict.Answered, token, url);
        }

        var told = isSuccess && body is { } refused ? MidtransJson.Number(refused, "status_code") : null;
        var code = told is >= 300 ? told.Value : status;
        var name = told is >= 300 ? Name("status", code) : Name("http", code);
        var messages = MidtransJson.Messages(body);
        var isMidtrans = body is not null;

        return code switch
        {
            406 when isMidtrans => Taken(messages),
            400 when messages.Any(SpeaksOfTheOrderId) => Taken(messages),
            401 => Misconfigured(name, messages),

            // 410: the account is closed.
            403 or 410 when isMidtrans => Misconfigured(name, messages),
            429 => new SnapAnswer(SnapResult.Unavailable, ServiceVerdict.Throttled, Code: name, RetryAfter: retryAfter),

            // It is still at the same request. Asked again, it gives the token or another.
            202 => new SnapAnswer(SnapResult.Unavailable, ServiceVerdict.Answered, Code: name, RetryAfter: retryAfter),

            // One bank or one feature, not the gateway; only in Midtrans' own words.
            502 or 503 or 504 or 505 when told is not null => new SnapAnswer(SnapResult.Unavailable, ServiceVerdict.Answered, Code: name, RetryAfter: retryAfter),

            // Midtrans' own 408 is a wrong type in the request, a proxy's is Midtrans not answering.
            408 when !isMidtrans => Outage(name, retryAfter),
            >= 400 and < 500 when isMidtrans || code == 400 => new SnapAnswer(SnapResult.Rejected, ServiceVerdict.Answered, Code: name, Messages: messages),
            >= 400 and < 500 => new SnapAnswer(SnapResult.Unavailable, ServiceVerdict.Answered, Code: name, RetryAfter: retryAfter),

            // Everything else, also a success that holds no token, is a gateway that is not itself.
            _ => Outage(name, retryAfter),
        };
    }

    /// <summary>What can be stored and linked to; anything else is no token of Midtrans'.</summary>
    private static bool IsPlain(string text) => text.Length is >= 1 and <= 2_000 && text.All(letter => letter is > ' ' and <= '~');

    private static bool SpeaksOfTheOrderId(string message) =>
        message.Contains("order_id", StringComparison.OrdinalIgnoreCase) && !message.Contains("required", StringComparison.OrdinalIgnoreCase);

    private static SnapAnswer Taken(IReadOnlyList<string> messages) =>
        new(SnapResult.Taken, ServiceVerdict.Answered, Code: "order_id_taken", Messages: messages);

    private static SnapAnswer Misconfigured(string name, IReadOnlyList<string> messages) =>
        new(SnapResult.Misconfigured, ServiceVerdict.Misconfigured, Code: name, Messages: messages);

    private static SnapAnswer Outage(string name, TimeSpan? retryAfter) =>
        new(SnapResult.Unavailable, ServiceVerdict.Outage, Code: name, RetryAfter: retryAfter);

    private static string Name(string where, int code) => $"{where}_{code.ToString(CultureInfo.InvariantCulture)}";
}

/// <summary>Reads members of Midtrans' bodies, which are text today and a number tomorrow.</summary>
internal static class MidtransJson
{
    public static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var member) ? member.ValueKind switch
        {
            JsonValueKind.String => Decoded(member),
            JsonValueKind.Number => member.GetRawText(),
            _ => null,
        }
        : null;

    public static int? Number(JsonElement body, string name) =>
        int.TryParse(Text(body, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>What it says went wrong, ten sentences at the most; written by others.</summary>
    public static IReadOnlyList<string> Messages(JsonElement? body)
    {
        if (body is not { } json)
        {
            return [];
        }

        IEnumerable<string> listed = json.TryGetProperty("error_messages", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.String).Take(10).Select(Decoded).OfType<string>()
            : [];

        return [.. listed, .. Text(json, "status_message") is { } message ? [message] : Array.Empty<string>()];
    }

    private static string? Decoded(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is JSON, and no text.
            return null;
        }
    }
}
