using System.Text.Json;

namespace BuatFilm.Core.Webhooks;

/// <summary>One member of a notification's body that is not as it was in the one before.</summary>
/// <param name="Before">Null when it is new; stars when it may not be seen.</param>
/// <param name="After">Null when it is gone; stars when it may not be seen.</param>
public sealed record PayloadChange(string Field, string? Before, string? After);

/// <summary>What a notification says otherwise than the one before it, member by member.</summary>
public static class PayloadDifference
{
    /// <summary>A proof over the others: it tells nothing of its own.</summary>
    private const string Signature = "signature_key";

    /// <returns>In the order of the newer body, then what is gone; customers' data are stars. Nothing when one of them is no JSON object.</returns>
    public static IReadOnlyList<PayloadChange> Of(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after)
    {
        if (Read(before) is not { } old || Read(after) is not { } now)
        {
            return [];
        }

        List<PayloadChange> changes = [];
        foreach (var (field, value) in now)
        {
            var was = old.GetValueOrDefault(field);
            if (was?.Exact != value.Exact)
            {
                changes.Add(new PayloadChange(field, was?.Shown, value.Shown));
            }
        }

        changes.AddRange(old.Where(member => !now.ContainsKey(member.Key)).Select(member => new PayloadChange(member.Key, member.Value.Shown, null)));
        return changes;
    }

    private static Dictionary<string, Value>? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var members = new Dictionary<string, Value>(StringComparer.Ordinal);
            foreach (var member in document.RootElement.EnumerateObject().Where(member => member.Name != Signature))
            {
                var text = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText();
                members[member.Name] = new Value(text, MaskedPayload.IsHarmless(member) ? text : MaskedPayload.Hidden);
            }

            return members;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private sealed record Value(string Exact, string Shown);
}
