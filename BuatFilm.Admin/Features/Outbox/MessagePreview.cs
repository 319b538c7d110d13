using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Outbox.Messages;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Core;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>A message as its recipient would read it, as text; names are masked, and links that let somebody in are not shown.</summary>
/// <param name="Subject">Null where the channel has none.</param>
/// <param name="Body">Null when it cannot be written; <paramref name="Problem"/> says why.</param>
/// <param name="Template">Meta's approved text that WhatsApp fills; its words are not ours to show.</param>
/// <param name="Values">What the template, or an address of the operators' own, is given.</param>
/// <param name="HidesLink">True when a link was left out of the body: <see cref="HiddenLink"/> stands in its place.</param>
public sealed record MessagePreview(string? Subject, string? Body, string? Template, IReadOnlyList<KeyValuePair<string, string>> Values, string? Problem, bool HidesLink)
{
    /// <summary>Stands where a secret link would; the name is one that can never exist.</summary>
    public const string HiddenLink = "https://hidden.invalid/";

    private const string PaymentPage = "redirectUrl";

    private static readonly string[] NamesOfCustomers = ["customerName"];
    private static readonly string[] NamesOfStaff = ["name", "by"];

    internal static MessagePreview Of(OutboundMessage message, WhatsAppOptions whatsApp)
    {
        // What is sealed is never opened here. A link that was not sealed but belongs to an account is as secret.
        var isAccount = message.Kind.StartsWith("account_", StringComparison.Ordinal) || message.Data.Keys.Any(SealedValues.IsSealed);
        var data = message.Data.Where(pair => !SealedValues.IsSealed(pair.Key)).ToDictionary(StringComparer.Ordinal);
        foreach (var name in isAccount ? NamesOfStaff : NamesOfCustomers)
        {
            if (data.TryGetValue(name, out var written))
            {
                data[name] = Masked.Name(written);
            }
        }

        // Who has the address of a payment page has its token.
        var hidesLink = isAccount || data.ContainsKey(PaymentPage);
        foreach (var link in new[] { "link", PaymentPage })
        {
            if (isAccount || data.ContainsKey(link))
            {
                data[link] = HiddenLink;
            }
        }

        var shown = message with { Recipient = Masked.Recipient(message.Recipient), Data = data };
        try
        {
            return message.Channel switch
            {
                Channel.Email => OfMail(shown, hidesLink),
                Channel.Whatsapp => OfTemplate(shown, whatsApp, hidesLink),
                Channel.Webhook => new MessagePreview(null, null, null, [.. data.OrderBy(pair => pair.Key, StringComparer.Ordinal)], null, false),
            };
        }
        catch (MessageRenderException exception)
        {
            return new MessagePreview(null, null, null, [], exception.Message, false);
        }
    }

    private static MessagePreview OfMail(OutboundMessage message, bool hidesLink)
    {
        var mail = EmailRenderer.Render(message);
        return new MessagePreview(mail.Subject, mail.Text, null, [], null, hidesLink);
    }

    private static MessagePreview OfTemplate(OutboundMessage message, WhatsAppOptions options, bool hidesLink) =>
        options.TemplateFor(message.Kind) is { } template && WhatsAppRenderer.Render(message, template) is var filled
            ? new MessagePreview(null, null, $"{filled.Template} ({filled.Language})", [.. filled.Parameters.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Text))], null, hidesLink)
            : new MessagePreview(null, null, null, [], $"WhatsApp:Templates:{message.Kind}", false);
}
