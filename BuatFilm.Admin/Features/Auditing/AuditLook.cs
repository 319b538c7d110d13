using System.Text.Json;
using BuatFilm.Admin.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Auditing;

/// <summary>The words of the audit log.</summary>
internal sealed class AuditLook(IStringLocalizer<AuditPageTexts> texts)
{
    /// <summary>Names of actions that are no permission.</summary>
    public static IReadOnlyList<string> SystemActions { get; } =
        ["operation_finished", "operation_cancelled", CheckAuditChain.Action, "account:sign-in", "account:sign-out", "account:paused", "account:set-up", "account:accept-invitation", "account:change-password", "account:ask-reset", "account:reset-password", "account:end-sessions", "hangfire:trigger", "hangfire:requeue", "hangfire:delete", "hangfire:other"];

    /// <summary>What was done, in words; the action's own name where it has none.</summary>
    public string ActionOf(string action) => texts[$"Action.{action}"] is { ResourceNotFound: false } known ? known.Value : ForeignText.Clean(action, 80);

    /// <summary>What it was done to: its kind in words, then its number; of one that only machines tell apart, the beginning.</summary>
    public string? TargetOf(string? target)
    {
        if (target?.Split(':', 2) is not [var kind, var id] || texts[$"Target.{kind}"] is not { ResourceNotFound: false } known)
        {
            return target;
        }

        return $"{known.Value} {(Guid.TryParse(id, out _) ? id[..8] + "…" : id)}";
    }

    public string? ReasonOf(string? reason) =>
        reason is null ? null : texts[$"Refused.{reason}"] is { ResourceNotFound: false } known ? known.Value : reason;

    /// <summary>The page about what it was done to; null when there is none.</summary>
    public static string? PageOf(string? target) => target?.Split(':', 2) switch
    {
        ["order", var id] => $"/orders/{Uri.EscapeDataString(id)}",
        ["payment-event", var id] => $"/payment-events?item={Uri.EscapeDataString(id)}",
        ["message", var id] => $"/outbox?item={Uri.EscapeDataString(id)}",
        ["alert", var id] => $"/alerts?item={Uri.EscapeDataString(id)}",
        ["breaker", var service] => $"/breakers#{Uri.EscapeDataString(service)}",
        ["operation", var id] => $"/operations/{Uri.EscapeDataString(id)}",
        ["job", var id] => $"/recurring-jobs?item={Uri.EscapeDataString(id)}",
        _ => null,
    };

    /// <summary>What the entry holds: pairs of before and after first, then the rest.</summary>
    /// <param name="data">A JSON object.</param>
    public static AuditFacts FactsOf(string data)
    {
        using var document = JsonDocument.Parse(data);
        var members = document.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        List<AuditChange> changes = [];
        if (members.Remove("before", out var before) | members.Remove("after", out var after))
        {
            changes.AddRange(ChangesOf(before, after));
        }

        return new AuditFacts(changes, [.. members.Select(member => (member.Key, TextOf(member.Value) ?? "–"))]);
    }

    private static IEnumerable<AuditChange> ChangesOf(JsonElement before, JsonElement after)
    {
        if (before.ValueKind != JsonValueKind.Object && after.ValueKind != JsonValueKind.Object)
        {
            yield return new AuditChange(null, TextOf(before), TextOf(after));
            yield break;
        }

        foreach (var field in FieldsOf(before).Union(FieldsOf(after), StringComparer.Ordinal))
        {
            var (old, now) = (TextOf(Member(before, field)), TextOf(Member(after, field)));
            if (old != now)
            {
                yield return new AuditChange(field, old, now);
            }
        }
    }

    private static IEnumerable<string> FieldsOf(JsonElement element) => element.ValueKind == JsonValueKind.Object ? element.EnumerateObject().Select(member => member.Name) : [];

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };
}

/// <summary>What an entry holds.</summary>
internal sealed record AuditFacts(IReadOnlyList<AuditChange> Changes, IReadOnlyList<(string Name, string Value)> Others);

/// <param name="Field">Null when it is the thing itself that changed.</param>
/// <param name="Before">Null when there was nothing.</param>
/// <param name="After">Null when nothing is left, or when the entry does not say.</param>
internal sealed record AuditChange(string? Field, string? Before, string? After);
