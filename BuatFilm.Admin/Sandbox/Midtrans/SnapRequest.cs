using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuatFilm.Admin.Sandbox.Http;

namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>A valid request for a Snap token.</summary>
/// <param name="GrossAmount">Whole rupiah.</param>
/// <param name="PageLifetime">How long the payment page opens.</param>
/// <param name="PaymentLifetime">How long a chosen method stays payable; null leaves it to the method.</param>
/// <param name="PaymentDeadline">Until when a method is payable: the request named a start from which its expiry counts.</param>
internal sealed record SnapRequest(
    string OrderId,
    long GrossAmount,
    TimeSpan PageLifetime,
    TimeSpan? PaymentLifetime,
    DateTimeOffset? PaymentDeadline,
    IReadOnlyDictionary<string, JsonElement> Carried)
{
    private const int MaxOrderId = 50;

    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(24);
    private static readonly TimeSpan Wib = TimeSpan.FromHours(7);
    private static readonly string[] CarriedNames = ["custom_field1", "custom_field2", "custom_field3", "metadata"];

    /// <summary>Reads and checks the body, in Midtrans' words.</summary>
    /// <param name="errors">Every mistake found; empty when the request is valid.</param>
    /// <returns>Null when there are errors.</returns>
    public static SnapRequest? Read(JsonObject body, DateTimeOffset now, out IReadOnlyList<string> errors)
    {
        var found = new List<string>();
        var details = body.Object("transaction_details");

        var grossAmount = ReadGrossAmount(details, found);
        var orderId = ReadOrderId(details, found);
        CheckItems(body, grossAmount, found);
        var (paymentLifetime, deadline) = ReadExpiry(body, now, found);
        var pageLifetime = ReadLifetime(body.Object("page_expiry")) ?? Longest(DefaultLifetime, paymentLifetime);

        errors = found;
        return found.Count > 0
            ? null
            : new SnapRequest(orderId!, grossAmount!.Value, pageLifetime, paymentLifetime, deadline, ReadCarried(body));
    }

    private static long? ReadGrossAmount(JsonObject? details, List<string> errors)
    {
        if (details?["gross_amount"] is not { } given)
        {
            errors.Add("transaction_details.gross_amount is required");
            errors.Add("transaction_details.gross_amount is not a number");
            return null;
        }

        if (given.GetValueKind() != JsonValueKind.Number)
        {
            errors.Add("transaction_details.gross_amount is not a number");
            return null;
        }

        if (details.WholeNumber("gross_amount") is not { } amount)
        {
            errors.Add("transaction_details.gross_amount must be a whole number of rupiah");
            return null;
        }

        if (amount < 1)
        {
            errors.Add("transaction_details.gross_amount must be greater than or equal to 0.01");
            return null;
        }

        return amount;
    }

    private static string? ReadOrderId(JsonObject? details, List<string> errors)
    {
        if (details.Text("order_id") is not { Length: > 0 } orderId)
        {
            errors.Add("transaction_details.order_id is required");
            return null;
        }

        if (orderId.Length > MaxOrderId)
        {
            errors.Add("transaction_details.order_id is too long, the maximum is 50 characters");
        }
        else if (!orderId.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '~' or '.'))
        {
            errors.Add("transaction_details.order_id contains characters that are not allowed");
        }

        return orderId;
    }

    private static void CheckItems(JsonObject body, long? grossAmount, List<string> errors)
    {
        if (body["item_details"] is null)
        {
            return;
        }

        if (body["item_details"] is not JsonArray items)
        {
            errors.Add("item_details is not an array");
            return;
        }

        var sum = 0m;
        foreach (var item in items.Select(node => node as JsonObject))
        {
            var price = item.WholeNumber("price");
            var quantity = item.WholeNumber("quantity");

            if (price is null)
            {
                errors.Add("item_details.price is not a number");
            }

            if (quantity is null or < 1)
            {
                errors.Add("item_details.quantity must be greater than or equal to 1");
            }

            if (item.Text("name") is not { Length: > 0 } name)
            {
                errors.Add("item_details.name is required");
            }
            else if (name.Length > MaxOrderId)
            {
                errors.Add("item_details.name is too long, the maximum is 50 characters");
            }

            sum += (decimal)(price ?? 0) * (quantity ?? 0);
        }

        if (grossAmount is { } amount && sum != amount)
        {
            errors.Add("transaction_details.gross_amount is not equal to the sum of item_details");
        }
    }

    private static (TimeSpan? Lifetime, DateTimeOffset? Deadline) ReadExpiry(JsonObject body, DateTimeOffset now, List<string> errors)
    {
        if (body.Object("expiry") is not { } expiry)
        {
            return (null, null);
        }

        if (ReadLifetime(expiry) is not { } lifetime)
        {
            errors.Add("expiry.duration and expiry.unit are not valid");
            return (null, null);
        }

        if (expiry.Text("start_time") is not { } startText)
        {
            return (lifetime, null);
        }

        // "2026-03-01 09:00:00 +0700"; .NET wants a colon in the offset.
        var known = DateTimeOffset.TryParseExact(
            startText.EndsWith("+0700", StringComparison.Ordinal) ? startText[..^5].TrimEnd() : startText,
            "yyyy-MM-dd HH:mm:ss",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var start);
        if (!known)
        {
            errors.Add("expiry.start_time format is invalid");
            return (null, null);
        }

        var deadline = start - Wib + lifetime;
        if (deadline <= now)
        {
            errors.Add("expiry.start_time and expiry.duration lie in the past");
            return (null, null);
        }

        return (lifetime, deadline);
    }

    private static TimeSpan? ReadLifetime(JsonObject? expiry)
    {
        if (expiry.WholeNumber("duration") is not (> 0 and <= 10_000) || expiry.Text("unit") is not { } unit)
        {
            return null;
        }

        var duration = expiry.WholeNumber("duration")!.Value;
        return unit.TrimEnd('s') switch
        {
            "minute" => TimeSpan.FromMinutes(duration),
            "hour" => TimeSpan.FromHours(duration),
            "day" => TimeSpan.FromDays(duration),
            _ => null,
        };
    }

    private static TimeSpan Longest(TimeSpan one, TimeSpan? other) => other > one ? other.Value : one;

    private static Dictionary<string, JsonElement> ReadCarried(JsonObject body) => CarriedNames
        .Where(name => body[name] is not null)
        .ToDictionary(name => name, name => JsonSerializer.SerializeToElement(body[name]));
}
