using System.Text;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Features.Outbox.Messages;

/// <summary>Fills the template that an outbox message asks for.</summary>
/// <remarks>
/// The words are Meta's approved ones; ours are the values. A value is found by its name, whatever kind of message it
/// is for: a name that is not known here is that of an entry in the message's data (<c>order_id</c> is <c>orderId</c>).
/// </remarks>
internal static class WhatsAppRenderer
{
    /// <summary>Meta's limit for a whole body is 1,024 characters.</summary>
    private const int ValueLength = 700;

    // As in mails: long enough for every real name, too short to carry a letter of one's own to somebody else's number.
    private const int NameLength = 60;

    private const int OrderIdLength = 50;

    /// <summary>The places that the template of a kind has when the settings do not list them.</summary>
    private static readonly Dictionary<string, string[]> Usual = new(StringComparer.Ordinal)
    {
        [EmailRenderer.PaymentReceived] = ["customer_name", "order_id", "amount"],
        [EmailRenderer.PaymentLink] = ["customer_name", "order_id", "amount", "link", "expires_at"],
        ["alert"] = ["title", "text"],
    };

    /// <exception cref="MessageRenderException">Nobody says which places the template has, or the message's data lack something.</exception>
    public static WhatsAppMessage Render(OutboundMessage message, WhatsAppTemplateOptions template)
    {
        var language = template.LanguageFor(message.Locale);

        // Dates and words in the language of the template, which a customer of another language may be reading too.
        var texts = EmailTexts.Of(language);
        var data = new MessageData(message.Data);
        var names = template.Parameters is { Count: > 0 } listed ? listed : (IReadOnlyList<string>?)Usual.GetValueOrDefault(message.Kind) ?? throw new UnknownMessageKindException(message.Kind);

        return new WhatsAppMessage(
            message.Recipient,
            template.Name,
            language,
            [.. names.Select(name => new WhatsAppParameter(name, ValueOf(name, data, texts)))],
            template.IsPositional,
            new WhatsAppReference(message.Id, message.MessageId, message.Attempt));
    }

    private static string ValueOf(string name, MessageData data, EmailTexts texts) => name switch
    {
        "customer_name" => Plain(data.Optional("customerName", NameLength)) is { Length: > 0 } customer ? customer : texts[EmailText.CustomerWithoutName],
        "order_id" => data.Required("orderId", OrderIdLength),
        "amount" => data.Amount("grossAmount").ToString(),
        "link" => data.WebAddress("redirectUrl").AbsoluteUri,
        "expires_at" => TimeOf("expiresAt", data, texts),
        "paid_at" => TimeOf("paidAt", data, texts),
        "payment_method" => PaymentMethodName.Of(data.Required("paymentMethod", 40), texts),
        _ => data.Required(KeyOf(name), ValueLength),
    };

    private static string TimeOf(string key, MessageData data, EmailTexts texts) =>
        data.Instant(key) is { } at ? WibTime.Format(at, texts) : throw new MessageDataException(key, "is missing");

    /// <summary>What a customer wrote, without the marks that WhatsApp makes bold, and without an address that it would make a link.</summary>
    private static string Plain(string? text)
    {
        var kept = new StringBuilder();
        foreach (var letter in text ?? string.Empty)
        {
            if (letter is '*' or '_' or '~' or '`' or '/')
            {
                continue;
            }

            if (kept.Length > 0 && kept[^1] == '.' && !char.IsWhiteSpace(letter) && letter != '.')
            {
                kept.Append(' ');
            }

            kept.Append(letter);
        }

        return kept.ToString().Trim();
    }

    /// <summary><c>retry_at</c> is <c>retryAt</c>.</summary>
    private static string KeyOf(string name)
    {
        var key = new StringBuilder(name.Length);
        var isFirstOfWord = false;
        foreach (var letter in name)
        {
            if (letter == '_')
            {
                isFirstOfWord = key.Length > 0;
                continue;
            }

            key.Append(isFirstOfWord ? char.ToUpperInvariant(letter) : letter);
            isFirstOfWord = false;
        }

        return key.ToString();
    }
}
