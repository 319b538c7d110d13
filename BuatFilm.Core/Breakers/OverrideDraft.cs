using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BuatFilm.Core.Breakers;

/// <summary>What an operator asks of a breaker, found to be in order.</summary>
/// <param name="Reason">3 to 500 characters without control characters.</param>
/// <param name="Duration">From 10 s to 24 h; every override has an end.</param>
public sealed partial record OverrideDraft(BreakerMode Mode, string Reason, TimeSpan Duration)
{
    public const int MinReason = 3;
    public const int MaxReason = 500;

    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);
    public static readonly TimeSpan Usual = TimeSpan.FromMinutes(30);

    /// <summary>Reads a request; members that it does not know are ignored.</summary>
    /// <param name="errors">What is wrong, by member.</param>
    /// <returns>Null when anything is wrong.</returns>
    public static OverrideDraft? TryRead(JsonElement request, out IReadOnlyDictionary<string, string[]> errors)
    {
        var found = new Dictionary<string, string[]>(StringComparer.Ordinal);
        errors = found;
        if (request.ValueKind != JsonValueKind.Object)
        {
            found["$"] = ["Send a JSON object."];
            return null;
        }

        var mode = ModeOf(Member(request, "mode"));
        if (mode is null)
        {
            found["mode"] = ["Use isolated (nothing is called), disabled (everything is called) or monitor_only; DELETE the override to let the calls decide again."];
        }

        var reason = ReasonOf(Member(request, "reason"));
        if (reason is null)
        {
            found["reason"] = [$"Give the reason in {MinReason} to {MaxReason} characters: others will read it."];
        }

        var duration = DurationOf(Member(request, "duration"));
        if (duration is null)
        {
            found["duration"] = ["Use hh:mm:ss, a duration such as PT30M, or whole seconds; from 10 seconds to 24 hours."];
        }

        return found.Count == 0 ? new OverrideDraft(mode!.Value, reason!, duration!.Value) : null;
    }

    private static JsonElement? Member(JsonElement request, string name) =>
        request.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    private static BreakerMode? ModeOf(JsonElement? member) => Text(member)?.ToLowerInvariant() switch
    {
        "isolated" or "open" or "forced_open" => BreakerMode.Isolated,
        "disabled" or "closed" or "forced_closed" => BreakerMode.Disabled,
        "monitor_only" or "monitor" => BreakerMode.MonitorOnly,
        _ => null,
    };

    private static string? ReasonOf(JsonElement? member)
    {
        var reason = Text(member);
        return reason is { Length: >= MinReason and <= MaxReason } && !reason.Any(char.IsControl) ? reason : null;
    }

    private static TimeSpan? DurationOf(JsonElement? member)
    {
        var duration = member switch
        {
            null => Usual,
            { ValueKind: JsonValueKind.Number } number => number.TryGetInt64(out var seconds) ? Seconds(seconds) : null,
            { ValueKind: JsonValueKind.String } text => Parse(text.GetString()!.Trim()),
            _ => null,
        };

        return duration >= Shortest && duration <= Longest ? duration : null;
    }

    private static TimeSpan? Parse(string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return Seconds(seconds);
        }

        // Not TimeSpan.Parse, which takes 24:00:00 for 24 days.
        var match = Clock().Match(text);
        match = match.Success ? match : Iso().Match(text);
        return match.Success && text is not ("P" or "PT")
            ? new TimeSpan(Number(match, "days"), Number(match, "hours"), Number(match, "minutes"), Number(match, "seconds"))
            : null;
    }

    private static TimeSpan? Seconds(long seconds) => seconds is >= 0 and <= 1_000_000 ? TimeSpan.FromSeconds(seconds) : null;

    private static int Number(Match match, string name) =>
        match.Groups[name] is { Success: true } group ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;

    private static string? Text(JsonElement? member) => member is { ValueKind: JsonValueKind.String } text ? text.GetString()!.Trim() : null;

    [GeneratedRegex(@"^(?<hours>[0-9]{1,2}):(?<minutes>[0-5][0-9]):(?<seconds>[0-5][0-9])\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Clock();

    [GeneratedRegex(@"^P((?<days>[0-9]{1,5})D)?(T((?<hours>[0-9]{1,5})H)?((?<minutes>[0-9]{1,5})M)?((?<seconds>[0-9]{1,6})S)?)?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Iso();
}
