using System.Globalization;
using System.Text.Json;

namespace BuatFilm.Core.Orders;

/// <summary>An order as a storefront asks for it, found to be in order.</summary>
/// <param name="OrderId">The shop's own id; null to have one made.</param>
/// <param name="GrossAmount">The sum of the items, in whole rupiah, from 1 to <see cref="Rupiah.Max"/>.</param>
/// <param name="CustomerPhone">E.164.</param>
/// <param name="ExpiresIn">How long the payment page lives, from 5 minutes to 7 days.</param>
/// <param name="Metadata">A JSON object of at most 4 KiB, or null.</param>
public sealed record OrderDraft(
    string? OrderId,
    string CustomerName,
    string CustomerEmail,
    string CustomerPhone,
    IReadOnlyList<OrderDraftItem> Items,
    long GrossAmount,
    TimeSpan ExpiresIn,
    string Locale,
    string? Metadata)
{
    public const int MaxItems = 100;
    private const int MaxQuantity = 10_000;
    private const int MaxMetadataBytes = 4096;

    /// <summary>What a double can hold; PostgreSQL refuses, or writes out, far larger ones.</summary>
    private const int MaxExponent = 308;

    /// <summary>Midtrans' own limits for a Snap page.</summary>
    private const int MinMinutes = 5;
    private const int MaxMinutes = 7 * 24 * 60;
    private const int DefaultMinutes = 24 * 60;

    /// <summary>1 to 40 of the characters <c>A-Z a-z 0-9 . _ ~ -</c>, which Midtrans takes and a path needs no escape for.</summary>
    /// <remarks>A dot or two alone are a step in a path: no such order could be asked for, here or at Midtrans.</remarks>
    public static bool IsOrderId(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length is >= 1 and <= 40 && text is not ("." or "..") && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '~' or '-');
    }

    /// <summary>Reads a request; members that it does not know are ignored.</summary>
    /// <param name="errors">What is wrong, by the path of the member, such as <c>items[0].price</c>.</param>
    /// <returns>Null when anything is wrong.</returns>
    public static OrderDraft? TryRead(JsonElement request, out IReadOnlyDictionary<string, string[]> errors)
    {
        var reader = new Reader();
        var draft = reader.Read(request);
        errors = reader.Errors.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal);

        return errors.Count == 0 ? draft : null;
    }

    private sealed class Reader
    {
        public Dictionary<string, List<string>> Errors { get; } = new(StringComparer.Ordinal);

        public OrderDraft? Read(JsonElement request)
        {
            if (request.ValueKind != JsonValueKind.Object)
            {
                Fail("$", "Send a JSON object.");
                return null;
            }

            var orderId = ReadOrderId(request);
            var (name, email, phone) = ReadCustomer(request);
            var (items, sum) = ReadItems(request);
            CheckGrossAmount(request, sum);
            var minutes = ReadMinutes(request);
            var locale = ReadLocale(request);
            var metadata = ReadMetadata(request);

            return Errors.Count > 0 ? null : new OrderDraft(orderId, name!, email!, phone!, items, sum, TimeSpan.FromMinutes(minutes), locale, metadata);
        }

        private string? ReadOrderId(JsonElement request)
        {
            if (!Has(request, "orderId", out var member))
            {
                return null;
            }

            if (member.ValueKind == JsonValueKind.String && member.GetString() is { } text && IsOrderId(text))
            {
                return text;
            }

            Fail("orderId", "Use 1 to 40 of the characters A-Z a-z 0-9 . _ ~ -, or leave it out.");
            return null;
        }

        private (string? Name, string? Email, string? Phone) ReadCustomer(JsonElement request)
        {
            if (!Has(request, "customer", out var customer) || customer.ValueKind != JsonValueKind.Object)
            {
                Fail("customer", "Give the customer's name, email and phone.");
                return default;
            }

            var name = ReadText(customer, "name", "customer.name", 100);
            var email = ReadText(customer, "email", "customer.email", 254);
            if (email is not null && !EmailAddress.IsValid(email))
            {
                Fail("customer.email", "Give a valid e-mail address, such as nama@contoh.id.");
            }

            var text = ReadText(customer, "phone", "customer.phone", 40);
            string? phone = null;
            if (text is not null)
            {
                if (PhoneNumber.TryNormalize(text, out var normalized))
                {
                    phone = normalized;
                }
                else
                {
                    Fail("customer.phone", "Give a valid phone number, such as 081234567890 or +6281234567890.");
                }
            }

            return (name, email, phone);
        }

        private (List<OrderDraftItem> Items, long Sum) ReadItems(JsonElement request)
        {
            var items = new List<OrderDraftItem>();
            if (!Has(request, "items", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > MaxItems)
            {
                Fail("items", $"Give 1 to {MaxItems} items.");
                return (items, 0);
            }

            Int128 sum = 0;
            var index = 0;
            foreach (var entry in list.EnumerateArray())
            {
                var path = $"items[{index++}]";
                if (entry.ValueKind != JsonValueKind.Object)
                {
                    Fail(path, "Give an object with id, name, price and quantity.");
                    continue;
                }

                var id = ReadText(entry, "id", $"{path}.id", 50);
                var name = ReadText(entry, "name", $"{path}.name", 200);
                var price = ReadWhole(entry, "price", $"{path}.price", 0, Rupiah.Max, "rupiah");
                var quantity = ReadWhole(entry, "quantity", $"{path}.quantity", 1, MaxQuantity, "pieces");
                if (id is not null && name is not null && price is { } one && quantity is { } count)
                {
                    items.Add(new OrderDraftItem(id, name, one, (int)count));
                    sum += (Int128)one * count;
                }
            }

            if (Errors.Count == 0 && (sum < 1 || sum > Rupiah.Max))
            {
                Fail("items", $"The sum of the items must be from 1 to {Rupiah.Max} rupiah.");
            }

            return (items, Errors.Count == 0 ? (long)sum : 0);
        }

        private void CheckGrossAmount(JsonElement request, long sum)
        {
            if (!Has(request, "grossAmount", out _))
            {
                return;
            }

            var given = ReadWhole(request, "grossAmount", "grossAmount", 1, Rupiah.Max, "rupiah");
            if (given is { } amount && Errors.Count == 0 && amount != sum)
            {
                Fail("grossAmount", $"It must equal the sum of the items, {sum}; or leave it out.");
            }
        }

        private int ReadMinutes(JsonElement request) =>
            Has(request, "expiresInMinutes", out _)
                ? (int)(ReadWhole(request, "expiresInMinutes", "expiresInMinutes", MinMinutes, MaxMinutes, "minutes") ?? DefaultMinutes)
                : DefaultMinutes;

        private string ReadLocale(JsonElement request)
        {
            if (!Has(request, "locale", out var member))
            {
                return "id";
            }

            if (member.ValueKind == JsonValueKind.String && member.GetString() is "id" or "en")
            {
                return member.GetString()!;
            }

            Fail("locale", "Use id or en, or leave it out for id.");
            return "id";
        }

        private string? ReadMetadata(JsonElement request)
        {
            if (!Has(request, "metadata", out var member))
            {
                return null;
            }

            var text = member.GetRawText();
            if (member.ValueKind == JsonValueKind.Object && System.Text.Encoding.UTF8.GetByteCount(text) <= MaxMetadataBytes && HasUsualNumbers(member))
            {
                return text;
            }

            Fail("metadata", $"Give a JSON object of at most {MaxMetadataBytes} bytes, with exponents from -{MaxExponent} to {MaxExponent}, or leave it out.");
            return null;
        }

        private static bool HasUsualNumbers(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().All(member => HasUsualNumbers(member.Value)),
            JsonValueKind.Array => element.EnumerateArray().All(HasUsualNumbers),
            JsonValueKind.Number => HasUsualExponent(element.GetRawText()),
            _ => true,
        };

        private static bool HasUsualExponent(string number)
        {
            var mark = number.AsSpan().IndexOfAny('e', 'E');
            return mark < 0
                || (int.TryParse(number.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
                    && exponent is >= -MaxExponent and <= MaxExponent);
        }

        private string? ReadText(JsonElement parent, string member, string path, int maxLength)
        {
            var text = Has(parent, member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : null;
            if (text is null || text.Length == 0 || text.Length > maxLength || text.Any(BreaksLine))
            {
                Fail(path, $"Give a text of 1 to {maxLength} characters, without line breaks.");
                return null;
            }

            return text;
        }

        private static bool BreaksLine(char character) => char.IsControl(character) || character is '\u2028' or '\u2029';

        private long? ReadWhole(JsonElement parent, string member, string path, long min, long max, string unit)
        {
            if (Has(parent, member, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max)
            {
                return number;
            }

            Fail(path, $"Give a whole number of {unit} from {min} to {max}.");
            return null;
        }

        /// <summary>A null is as good as nothing.</summary>
        private static bool Has(JsonElement parent, string member, out JsonElement value) =>
            parent.TryGetProperty(member, out value) && value.ValueKind != JsonValueKind.Null;

        private void Fail(string path, string message)
        {
            if (!Errors.TryGetValue(path, out var messages))
            {
                Errors[path] = messages = [];
            }

            messages.Add(message);
        }
    }
}

/// <param name="Price">For one piece, in whole rupiah, from 0.</param>
/// <param name="Quantity">From 1 to 10,000.</param>
public sealed record OrderDraftItem(string Id, string Name, long Price, int Quantity);
