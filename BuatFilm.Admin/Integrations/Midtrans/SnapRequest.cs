using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuatFilm.Admin.Integrations.Midtrans;

/// <summary>What Snap is asked to make a page for.</summary>
/// <param name="OrderId">At most 50 characters of letters, digits and <c>-_~.</c>.</param>
/// <param name="GrossAmount">Whole rupiah; the sum of the items.</param>
/// <param name="ExpiresIn">How long the page and the payment live, in whole minutes from 5 minutes to 7 days.</param>
internal sealed record SnapOrder(string OrderId, long GrossAmount, IReadOnlyList<SnapItem> Items, SnapCustomer Customer, TimeSpan ExpiresIn);

internal sealed record SnapItem(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("price")] long Price,
    [property: JsonPropertyName("quantity")] int Quantity);

internal sealed record SnapCustomer(
    [property: JsonPropertyName("first_name")] string Name,
    [property: JsonPropertyName("email")] string Email,
    [property: JsonPropertyName("phone")] string Phone);

/// <summary>The body of a Snap create.</summary>
internal sealed record SnapRequest(
    [property: JsonPropertyName("transaction_details")] SnapTransaction Transaction,
    [property: JsonPropertyName("item_details")] IReadOnlyList<SnapItem> Items,
    [property: JsonPropertyName("customer_details")] SnapCustomer Customer,
    [property: JsonPropertyName("expiry")] SnapExpiry Expiry,
    [property: JsonPropertyName("page_expiry")] SnapExpiry PageExpiry)
{
    /// <summary>Midtrans' limit for an item's id and name.</summary>
    private const int MaxText = 50;

    /// <summary>Midtrans' limit for a body, in bytes.</summary>
    private const int MaxBody = 16 * 1024;

    /// <summary>Without needless escapes, each of which is six bytes of the few that there are.</summary>
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body as it is sent. Where the items do not fit, one line stands for all: the order is worth more than its receipt.</summary>
    public static byte[] BodyOf(SnapOrder order)
    {
        var request = Of(order);
        var body = JsonSerializer.SerializeToUtf8Bytes(request, Compact);
        return body.Length <= MaxBody
            ? body
            : JsonSerializer.SerializeToUtf8Bytes(request with { Items = [new SnapItem("order", Fit($"Order {order.OrderId}"), order.GrossAmount, 1)] }, Compact);
    }

    public static SnapRequest Of(SnapOrder order)
    {
        var expiry = new SnapExpiry((int)order.ExpiresIn.TotalMinutes, "minute");
        return new SnapRequest(
            new SnapTransaction(order.OrderId, order.GrossAmount),
            [.. order.Items.Select(item => item with { Id = Fit(item.Id), Name = Fit(item.Name) })],
            order.Customer,
            expiry,
            expiry);
    }

    // Alfamart refuses a bar in a name; a cut through a surrogate pair would be no text.
    private static string Fit(string text)
    {
        var plain = text.Replace('|', '/');
        if (plain.Length <= MaxText)
        {
            return plain;
        }

        return char.IsHighSurrogate(plain[MaxText - 1]) ? plain[..(MaxText - 1)] : plain[..MaxText];
    }
}

internal sealed record SnapTransaction([property: JsonPropertyName("order_id")] string OrderId, [property: JsonPropertyName("gross_amount")] long GrossAmount);

internal sealed record SnapExpiry([property: JsonPropertyName("duration")] int Duration, [property: JsonPropertyName("unit")] string Unit);
