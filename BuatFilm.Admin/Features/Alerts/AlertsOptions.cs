using System.ComponentModel.DataAnnotations;
using BuatFilm.Core.Orders;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>Whom alerts are told, and how.</summary>
internal sealed class AlertsOptions : IValidatableObject
{
    public const string Section = "Ops";

    private const string StandardSecret = "whsec_";

    /// <summary>Mail addresses; each gets every alert that goes by mail.</summary>
    public IList<string> AlertEmails { get; } = [];

    /// <summary>Numbers in E.164, such as <c>+6281234567890</c>.</summary>
    public IList<string> AlertWhatsApp { get; } = [];

    /// <summary>Gets every alert as JSON, beside the people; https, or http on loopback. Null for none.</summary>
    public string? AlertWebhookUrl { get; set; }

    /// <summary>Signs what goes there, as Standard Webhooks: <c>whsec_</c> and base64, or any text. Null leaves it unsigned.</summary>
    public string? AlertWebhookSecret { get; set; }

    /// <summary>An alert that is not delivered after this long is told over a further channel that works; from 1 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan AlertEscalation { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The language of alerts: <c>id</c> or <c>en</c>.</summary>
    [RegularExpression("id|en", ErrorMessage = "must be id or en.")]
    public string AlertLanguage { get; set; } = "id";

    public Uri? WebhookAddress => string.IsNullOrEmpty(AlertWebhookUrl) ? null : new Uri(AlertWebhookUrl);

    /// <summary>What the HMAC is made with; null without a secret.</summary>
    public byte[]? WebhookKey() => AlertWebhookSecret switch
    {
        null or "" => null,
        _ when AlertWebhookSecret.StartsWith(StandardSecret, StringComparison.Ordinal) => Convert.FromBase64String(AlertWebhookSecret[StandardSecret.Length..]),
        _ => System.Text.Encoding.UTF8.GetBytes(AlertWebhookSecret),
    };

    /// <summary>Whom a channel reaches, as the outbox names them; empty when it is not set up.</summary>
    /// <remarks>Of the webhook only the host: its path may be a secret.</remarks>
    public IReadOnlyList<string> RecipientsOf(Channel channel) => channel switch
    {
        Channel.Email => [.. AlertEmails.Distinct(StringComparer.OrdinalIgnoreCase)],
        Channel.Whatsapp => [.. AlertWhatsApp.Distinct(StringComparer.Ordinal)],
        Channel.Webhook => WebhookAddress is { } address ? [address.GetLeftPart(UriPartial.Authority)] : [],
    };

    /// <remarks>The messages never show the webhook's address or secret.</remarks>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var address in AlertEmails.Where(address => !EmailAddress.IsValid(address)))
        {
            yield return new ValidationResult($"{Section}:{nameof(AlertEmails)} names '{address}', which is no mail address such as ops@example.com.", [nameof(AlertEmails)]);
        }

        foreach (var number in AlertWhatsApp.Where(number => !PhoneNumber.TryNormalize(number, out var e164) || e164 != number))
        {
            yield return new ValidationResult($"{Section}:{nameof(AlertWhatsApp)} names '{number}', which is no number in E.164 such as +6281234567890.", [nameof(AlertWhatsApp)]);
        }

        if (!string.IsNullOrEmpty(AlertWebhookUrl) && !IsWebAddress(AlertWebhookUrl))
        {
            yield return new ValidationResult($"{Section}:{nameof(AlertWebhookUrl)} must be an https address without a user name; http is for loopback only.", [nameof(AlertWebhookUrl)]);
        }

        if (AlertWebhookSecret?.StartsWith(StandardSecret, StringComparison.Ordinal) == true && !IsBase64(AlertWebhookSecret[StandardSecret.Length..]))
        {
            yield return new ValidationResult($"{Section}:{nameof(AlertWebhookSecret)} begins with {StandardSecret}, so base64 must follow.", [nameof(AlertWebhookSecret)]);
        }
    }

    private static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
        && address.UserInfo.Length == 0;

    private static bool IsBase64(string text) => text.Length > 0 && Convert.TryFromBase64String(text, new byte[text.Length], out _);
}
