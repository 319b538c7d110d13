using System.Globalization;
using System.Text.Json;
using BuatFilm.Core;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Integrations.WhatsApp;

/// <summary>Meta's word on how far one message came.</summary>
/// <param name="ProviderId">Meta's name for it.</param>
/// <param name="At">By Meta's clock.</param>
/// <param name="Reference">Which of ours it is; null when Meta does not say.</param>
/// <param name="Code">Of a failure, at most 64 characters.</param>
/// <param name="Error">Meta's words on it; written by others.</param>
internal sealed record WhatsAppReport(string ProviderId, ReceiptStatus Status, DateTimeOffset At, WhatsAppReference? Reference, string? Code, string? Error);

/// <summary>Reads the body of Meta's webhook.</summary>
internal static class WhatsAppReports
{
    private static readonly DateTimeOffset Earliest = new(2015, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The reports in <c>entry[].changes[].value.statuses[]</c>. Everything else, such as what customers write, is passed over.</summary>
    /// <param name="phoneNumberId">Ours; what is about another number is passed over. Null takes all.</param>
    /// <param name="now">Stands in for a time that cannot be read or lies ahead.</param>
    public static List<WhatsAppReport> Read(JsonElement body, string? phoneNumberId, DateTimeOffset now)
    {
        var statuses =
            from entry in Items(body, "entry")
            from change in Items(entry, "changes")
            let value = Member(change, "value")
            where value is not null && (phoneNumberId is null || NumberOf(value.Value) is not { } number || number == phoneNumberId)
            from status in Items(value.Value, "statuses")
            select ReadOne(status, now);

        return [.. statuses.OfType<WhatsAppReport>()];
    }

    private static WhatsAppReport? ReadOne(JsonElement status, DateTimeOffset now)
    {
        if (status.ValueKind != JsonValueKind.Object
            || WhatsAppFailure.Text(status, "id") is not { Length: > 0 and <= 200 } id
            || !WireName<ReceiptStatus>.TryParse(WhatsAppFailure.Text(status, "status"), out var what))
        {
            return null;
        }

        WhatsAppReference? reference = WhatsAppReference.TryParse(WhatsAppFailure.Text(status, "biz_opaque_callback_data"), out var ours) ? ours : null;
        var at = TimeOf(status, now);
        if (what != ReceiptStatus.Failed)
        {
            return new WhatsAppReport(id, what, at, reference, null, null);
        }

        var errors = Items(status, "errors").Where(error => error.ValueKind == JsonValueKind.Object).ToList();
        return errors is [var error, ..]
            ? new WhatsAppReport(id, what, at, reference, WhatsAppFailure.TryReadCode(error, out var code) ? code.ToString(CultureInfo.InvariantCulture) : null, WhatsAppFailure.WordsOf(error))
            : new WhatsAppReport(id, what, at, reference, null, null);
    }

    /// <summary>Seconds since 1970, as text.</summary>
    private static DateTimeOffset TimeOf(JsonElement status, DateTimeOffset now)
    {
        if (!status.TryGetProperty("timestamp", out var member))
        {
            return now;
        }

        long seconds = 0;
        var isNumber = member.ValueKind switch
        {
            JsonValueKind.Number => member.TryGetInt64(out seconds),
            JsonValueKind.String => long.TryParse(WhatsAppFailure.Text(status, "timestamp"), NumberStyles.None, CultureInfo.InvariantCulture, out seconds),
            _ => false,
        };

        return isNumber && seconds >= Earliest.ToUnixTimeSeconds() && seconds <= now.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(seconds) : now;
    }

    private static string? NumberOf(JsonElement value) => Member(value, "metadata") is { } metadata ? WhatsAppFailure.Text(metadata, "phone_number_id") : null;

    private static JsonElement? Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Object ? member : null;

    private static List<JsonElement> Items(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];
}
