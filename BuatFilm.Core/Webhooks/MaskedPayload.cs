using System.Text.Encodings.Web;
using System.Text.Json;

namespace BuatFilm.Core.Webhooks;

/// <summary>A notification's body for those who may not see the customer: what Midtrans says of the payment stays, everything else is stars.</summary>
public static class MaskedPayload
{
    internal const string Hidden = "***";

    // Members that hold no person, no account and no proof. What is new and unknown is hidden.
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "transaction_time", "settlement_time", "expiry_time", "transaction_status", "transaction_id", "transaction_type", "status_code", "status_message",
        "payment_type", "payment_option_type", "order_id", "merchant_id", "gross_amount", "currency", "fraud_status", "refund_amount",
        "issuer", "acquirer", "bank", "store", "card_type",
    };

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>JSON with the members in their order; null when the body is no JSON object.</returns>
    public static string? Of(ReadOnlyMemory<byte> raw)
    {
        try
        {
            using var document = JsonDocument.Parse(raw);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Write(document.RootElement) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>True for a member that anybody who may see payments may see.</summary>
    internal static bool IsHarmless(JsonProperty member) => Harmless.Contains(member.Name) && member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number;

    private static string Write(JsonElement body)
    {
        using var written = new MemoryStream();
        using (var writer = new Utf8JsonWriter(written, Indented))
        {
            writer.WriteStartObject();
            foreach (var member in body.EnumerateObject())
            {
                if (IsHarmless(member))
                {
                    member.WriteTo(writer);
                }
                else
                {
                    writer.WriteString(member.Name, Hidden);
                }
            }

            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(written.ToArray());
    }
}
