using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using BuatFilm.Core.Orders;

namespace BuatFilm.Admin.Features.Outbox.Messages;

/// <summary>One line of the order, as the message carries it.</summary>
/// <param name="Price">For one piece; negative for a discount.</param>
internal sealed record MessageItem(string Name, int Quantity, Rupiah Price, Rupiah Subtotal);

/// <summary>Reads what a message is filled with; customers wrote part of it.</summary>
internal sealed class MessageData(IReadOnlyDictionary<string, string> values)
{
    private const int MaxItems = 100;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.AllowReadingFromString };

    /// <exception cref="MessageDataException">It is missing or empty.</exception>
    public string Required(string key, int maxLength) =>
        Optional(key, maxLength) ?? throw new MessageDataException(key, "is missing");

    /// <returns>Fit to be shown, or null.</returns>
    public string? Optional(string key, int maxLength) =>
        CustomerText.Clean(values.GetValueOrDefault(key), maxLength) is { Length: > 0 } text ? text : null;

    /// <exception cref="MessageDataException">It is missing, or not digits alone.</exception>
    public Rupiah Amount(string key) =>
        long.TryParse(values.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out var amount)
            ? new Rupiah(amount)
            : throw new MessageDataException(key, "is not an amount in whole rupiah");

    /// <returns>Null when the message says nothing of it.</returns>
    /// <exception cref="MessageDataException">It is there, but no instant.</exception>
    public DateTimeOffset? Instant(string key)
    {
        if (values.GetValueOrDefault(key) is not { Length: > 0 } text)
        {
            return null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : throw new MessageDataException(key, "is not an instant");
    }

    /// <exception cref="MessageDataException">It is no address of a web page that a customer may be sent to.</exception>
    public Uri WebAddress(string key) =>
        Uri.TryCreate(values.GetValueOrDefault(key), UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            ? address
            : throw new MessageDataException(key, "is not an https address");

    /// <returns>At most 100; empty when the message says nothing of them.</returns>
    /// <exception cref="MessageDataException">They are there, but cannot be read.</exception>
    public IReadOnlyList<MessageItem> Items(string key)
    {
        if (values.GetValueOrDefault(key) is not { Length: > 0 } text)
        {
            return [];
        }

        try
        {
            return [.. (JsonSerializer.Deserialize<Line?[]>(text, Json) ?? []).OfType<Line>().Take(MaxItems).Select(Item)];
        }
        catch (Exception exception) when (exception is JsonException or OverflowException)
        {
            throw new MessageDataException(key, "cannot be read");
        }
    }

    private static MessageItem Item(Line line) =>
        new(CustomerText.Clean(line.Name, 120), line.Quantity, new Rupiah(line.Price), new Rupiah(checked(line.Price * line.Quantity)));

    private sealed record Line(string? Name, int Quantity, long Price);
}
