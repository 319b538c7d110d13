using System.Globalization;
using System.Text.Json;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Integrations.WhatsApp;

/// <summary>Whom one of Meta's error codes concerns, and what helps.</summary>
internal enum WhatsAppFault
{
    /// <summary>Nobody is served: it opens the breaker.</summary>
    Outage,

    /// <summary>It may be gone at the next attempt, and says nothing of the service.</summary>
    Passing,

    /// <summary>All of our messages come too fast.</summary>
    Throttled,

    /// <summary>Messages to this one number come too fast.</summary>
    Pair,

    /// <summary>Not today.</summary>
    Tomorrow,

    /// <summary>Our account, number or token: no message would get through.</summary>
    Account,

    /// <summary>This message, for good.</summary>
    Permanent,
}

/// <summary>Says of each failure what it means for the message and for WhatsApp as a whole.</summary>
/// <remarks>Meta's code decides; its HTTP status says little, and counts only where there is no code.</remarks>
internal static class WhatsAppFailure
{
    /// <summary>Kept of what Meta says.</summary>
    public const int MaxErrorLength = 1000;

    /// <summary>One number takes about one message in six seconds.</summary>
    public static readonly TimeSpan PairPause = TimeSpan.FromSeconds(6);

    /// <summary>When everything comes too fast and Meta does not say how long to wait.</summary>
    public static readonly TimeSpan ThrottlePause = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan DayPause = TimeSpan.FromHours(24);

    /// <summary>A person must act first; the rows wait.</summary>
    public static readonly TimeSpan AccountPause = TimeSpan.FromMinutes(5);

    /// <summary>The longest wait that a header may ask for.</summary>
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);

    public static DeliveryOutcome NotConfigured { get; } =
        new(DeliveryResult.NotTried, ServiceVerdict.NotCalled, "not_configured", "WhatsApp:PhoneNumberId and WhatsApp:AccessToken are not set.", RetryAfter: AccountPause);

    public static DeliveryOutcome UnusableRecipient { get; } =
        new(DeliveryResult.Refused, ServiceVerdict.NotCalled, "recipient", "The recipient is not a number in E.164.");

    /// <param name="retryAfter">Until the next trial call; null while an operator holds the breaker open.</param>
    public static DeliveryOutcome BreakerOpen(TimeSpan? retryAfter) =>
        new(DeliveryResult.NotTried, ServiceVerdict.NotCalled, "breaker_open", RetryAfter: retryAfter < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : retryAfter);

    /// <param name="handedOver">Whether the message may be out: there is no key by which Meta would know it again.</param>
    public static DeliveryOutcome TimedOut(bool handedOver) => Broken(handedOver, "timeout", null);

    /// <inheritdoc cref="TimedOut"/>
    public static DeliveryOutcome ConnectionLost(bool handedOver, string words) => Broken(handedOver, "connection", words);

    /// <summary>True for what Meta does not deliver today; it is tried once more, a day later.</summary>
    public static bool IsForTomorrow(string? code) => int.TryParse(code, CultureInfo.InvariantCulture, out var number) && FaultOf(number) == WhatsAppFault.Tomorrow;

    /// <summary>What an answer means that is no success.</summary>
    /// <param name="status">HTTP's.</param>
    /// <param name="body">Null when it is not JSON.</param>
    /// <param name="asked">What the header asks us to wait; null when it says nothing.</param>
    public static DeliveryOutcome Classify(int status, JsonElement? body, TimeSpan? asked)
    {
        var retryAfter = asked is { } wait ? Clamp(wait) : (TimeSpan?)null;
        if (!TryReadError(body, out var error, out var code))
        {
            return WithoutCode(status, retryAfter);
        }

        // Meta's word for "no such number of yours" is that of a wrong parameter.
        var fault = code == 100 && error.TryGetProperty("error_subcode", out var subcode) && subcode.ValueKind == JsonValueKind.Number && subcode.TryGetInt32(out var sub) && sub == 33
            ? WhatsAppFault.Account
            : FaultOf(code);

        return Outcome(fault, code.ToString(CultureInfo.InvariantCulture), WordsOf(error), retryAfter);
    }

    /// <summary>What an answer to a question about our number means: without one of Meta's codes a refusal only says that somebody is there.</summary>
    public static DeliveryOutcome ClassifyLookUp(int status, JsonElement? body, TimeSpan? asked) =>
        status is >= 400 and < 500 and not (408 or 429) && !TryReadError(body, out _, out _)
            ? DeliveryOutcome.Delivered()
            : Classify(status, body, asked);

    /// <summary>Meta's table of codes; one that is newer than it is taken for passing, and ends as a dead letter.</summary>
    public static WhatsAppFault FaultOf(int code) => code switch
    {
        1 or 2 or 131000 or 131016 => WhatsAppFault.Outage,
        4 or 80007 or 130429 => WhatsAppFault.Throttled,
        131056 => WhatsAppFault.Pair,
        131048 or 131049 or 131064 => WhatsAppFault.Tomorrow,
        0 or 3 or 10 or 33 or 190 or (>= 200 and <= 299) or 368 or 130497 or 131005 or 131031 or 131037 or 131042 or 131045 or 133010 or 2500 => WhatsAppFault.Account,
        100 or 130472 or 131008 or 131009 or 131021 or 131026 or 131030 or 131047 or 131050 or 131051
            or 132000 or 132001 or 132005 or 132007 or 132008 or 132012 or 132015 or 132016 or 132018 => WhatsAppFault.Permanent,
        _ => WhatsAppFault.Passing,
    };

    /// <summary>Meta's words on an error, in a call's answer or in a report, fit to be stored.</summary>
    public static string? WordsOf(JsonElement error)
    {
        var words = Text(error, "message") ?? Text(error, "title");
        var details = error.TryGetProperty("error_data", out var data) && data.ValueKind == JsonValueKind.Object ? Text(data, "details") : null;

        return (words, details) switch
        {
            (null, null) => null,
            ({ } said, null) => Clean(said),
            (null, { } said) => Clean(said),
            ({ } said, { } more) => Clean(said == more ? said : $"{said}: {more}"),
        };
    }

    /// <summary>The code of an error, which comes as a number, and from some as text.</summary>
    public static bool TryReadCode(JsonElement error, out int code)
    {
        code = 0;
        return error.TryGetProperty("code", out var member) && member.ValueKind switch
        {
            JsonValueKind.Number => member.TryGetInt32(out code),
            JsonValueKind.String => int.TryParse(Text(error, "code"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out code),
            _ => false,
        };
    }

    /// <summary>A member as text; null when it is missing, no text, or half a character.</summary>
    public static string? Text(JsonElement body, string name)
    {
        if (!body.TryGetProperty(name, out var member) || member.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return member.GetString();
        }
        catch (InvalidOperationException)
        {
            // An escape that is half of a surrogate pair: JSON, and no text.
            return null;
        }
    }

    private static bool TryReadError(JsonElement? body, out JsonElement error, out int code)
    {
        (error, code) = (default, 0);
        return body is { ValueKind: JsonValueKind.Object } json
            && json.TryGetProperty("error", out error)
            && error.ValueKind == JsonValueKind.Object
            && TryReadCode(error, out code);
    }

    private static DeliveryOutcome Outcome(WhatsAppFault fault, string code, string? words, TimeSpan? retryAfter) => fault switch
    {
        WhatsAppFault.Outage => new(DeliveryResult.Failed, ServiceVerdict.Outage, code, words, RetryAfter: retryAfter),
        WhatsAppFault.Passing => new(DeliveryResult.Failed, ServiceVerdict.Answered, code, words, RetryAfter: retryAfter),
        WhatsAppFault.Throttled => new(DeliveryResult.NotTried, ServiceVerdict.Throttled, code, words, RetryAfter: retryAfter ?? ThrottlePause),
        WhatsAppFault.Pair => new(DeliveryResult.NotTried, ServiceVerdict.Answered, code, words, RetryAfter: retryAfter ?? PairPause),
        WhatsAppFault.Tomorrow => new(DeliveryResult.Failed, ServiceVerdict.Answered, code, words, RetryAfter: DayPause),
        WhatsAppFault.Account => new(DeliveryResult.NotTried, ServiceVerdict.Misconfigured, code, words, RetryAfter: AccountPause),
        WhatsAppFault.Permanent => new(DeliveryResult.Refused, ServiceVerdict.Answered, code, words),
    };

    private static DeliveryOutcome WithoutCode(int status, TimeSpan? retryAfter)
    {
        var fault = status switch
        {
            429 => WhatsAppFault.Throttled,
            408 or >= 500 => WhatsAppFault.Outage,

            // Whoever answers so without Meta's code stands between us and Meta, or is not Meta.
            401 or 403 or 404 or 407 => WhatsAppFault.Account,
            >= 400 => WhatsAppFault.Passing,
            _ => WhatsAppFault.Outage,
        };

        return Outcome(fault, string.Create(CultureInfo.InvariantCulture, $"http_{status}"), null, retryAfter);
    }

    private static DeliveryOutcome Broken(bool handedOver, string code, string? words) =>
        new(handedOver ? DeliveryResult.Unknown : DeliveryResult.Failed, ServiceVerdict.Outage, code, words is null ? null : Clean(words));

    private static TimeSpan Clamp(TimeSpan asked) =>
        asked < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : asked > LongestAsked ? LongestAsked : asked;

    private static string Clean(string text)
    {
        var kept = string.Concat(text.Take(MaxErrorLength * 2).Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        kept = kept.Length > MaxErrorLength ? kept[..MaxErrorLength] : kept;

        // Half a surrogate pair cannot be stored.
        return kept.Length > 0 && char.IsHighSurrogate(kept[^1]) ? kept[..^1] : kept;
    }
}
