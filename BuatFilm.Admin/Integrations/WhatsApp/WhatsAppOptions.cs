using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using BuatFilm.Core;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Integrations.WhatsApp;

/// <summary>The shop's account at Meta's WhatsApp Cloud API. Without one, customers get mail only.</summary>
internal sealed partial class WhatsAppOptions : IValidatableObject
{
    public const string Section = "WhatsApp";

    private static readonly string[] MailOnly = [WireName<Channel>.Of(Channel.Email)];

    private static readonly string[] MailAndWhatsApp = [WireName<Channel>.Of(Channel.Email), WireName<Channel>.Of(Channel.Whatsapp)];

    /// <summary>Scheme, host and port; the version and the rest of the path are appended. Empty for Meta's own address.</summary>
    public string BaseUrl { get; set; } = string.Empty;

    /// <summary>Of Meta's Graph API, such as <c>v23.0</c>.</summary>
    public string ApiVersion { get; set; } = "v23.0";

    /// <summary>The sender's id, digits; not the number itself.</summary>
    public string? PhoneNumberId { get; set; }

    /// <summary>The bearer token of our calls.</summary>
    public string? AccessToken { get; set; }

    /// <summary>Signs Meta's reports of what became of messages; without it they are refused.</summary>
    public string? AppSecret { get; set; }

    /// <summary>Proves Meta's question whether the webhook is ours; without it that is refused.</summary>
    public string? VerifyToken { get; set; }

    /// <summary>Meta's approved texts by kind of message, such as <c>payment_received</c>. A kind without one is not sent by WhatsApp.</summary>
    public Dictionary<string, WhatsAppTemplateOptions> Templates { get; } = new(StringComparer.OrdinalIgnoreCase);

    public bool IsConfigured => !string.IsNullOrWhiteSpace(PhoneNumberId) && !string.IsNullOrWhiteSpace(AccessToken);

    public Uri Address => new(BaseUrl.Length > 0 ? BaseUrl : "https://graph.facebook.com");

    /// <summary>Meta's text for a kind of message.</summary>
    /// <returns>Null when there is none.</returns>
    public WhatsAppTemplateOptions? TemplateFor(string kind) =>
        Templates.TryGetValue(kind, out var template) && !string.IsNullOrWhiteSpace(template.Name) ? template : null;

    /// <summary>True when messages of this kind go out by WhatsApp.</summary>
    public bool Carries(string kind) => IsConfigured && TemplateFor(kind) is not null;

    /// <summary>The channels by which a customer gets messages of this kind, by their wire names: mail always, and WhatsApp when it carries them.</summary>
    public string[] ChannelsFor(string kind) => Carries(kind) ? MailAndWhatsApp : MailOnly;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (BaseUrl.Length > 0)
        {
            if (!Uri.TryCreate(BaseUrl, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
            {
                yield return Mistake(nameof(BaseUrl), "must be an https address; http is for loopback only.");
            }
            else if (address.PathAndQuery != "/")
            {
                yield return Mistake(nameof(BaseUrl), "is scheme, host and port only; the path is appended.");
            }
        }

        if (!VersionForm().IsMatch(ApiVersion))
        {
            yield return Mistake(nameof(ApiVersion), "must be a version of the Graph API, such as v23.0.");
        }

        if (!string.IsNullOrWhiteSpace(PhoneNumberId) && !DigitsForm().IsMatch(PhoneNumberId))
        {
            yield return Mistake(nameof(PhoneNumberId), "must be the sender's id, digits only; it is not the telephone number.");
        }

        foreach (var (name, secret) in new[] { (nameof(AccessToken), AccessToken), (nameof(AppSecret), AppSecret), (nameof(VerifyToken), VerifyToken) })
        {
            if (secret is not null && secret.Any(letter => !char.IsAscii(letter) || char.IsControl(letter)))
            {
                yield return Mistake(name, "may hold printable ASCII only.");
            }
        }

        if (string.IsNullOrWhiteSpace(PhoneNumberId) != string.IsNullOrWhiteSpace(AccessToken))
        {
            var (missing, set) = string.IsNullOrWhiteSpace(AccessToken) ? (nameof(AccessToken), nameof(PhoneNumberId)) : (nameof(PhoneNumberId), nameof(AccessToken));
            yield return Mistake(missing, $"is missing while {Section}:{set} is set.");
        }

        foreach (var mistake in Templates.SelectMany(template => template.Value.Mistakes($"{Section}:{nameof(Templates)}:{template.Key}")))
        {
            yield return mistake;
        }
    }

    private static ValidationResult Mistake(string name, string what) => new($"{Section}:{name} {what}", [name]);

    [GeneratedRegex(@"\Av[0-9]{1,3}\.[0-9]{1,2}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionForm();

    [GeneratedRegex(@"\A[0-9]{1,32}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DigitsForm();
}
