using System.Globalization;
using System.Resources;

namespace BuatFilm.Admin.Features.Outbox.Messages;

/// <summary>The texts of mails in one language.</summary>
internal sealed class EmailTexts
{
    /// <summary>The neutral language is Indonesian.</summary>
    internal static readonly ResourceManager Resources = new(typeof(EmailTexts));

    private readonly CultureInfo _culture;

    private EmailTexts(string language)
    {
        Language = language;
        _culture = CultureInfo.GetCultureInfo(language);
    }

    public static EmailTexts Indonesian { get; } = new("id");

    public static EmailTexts English { get; } = new("en");

    /// <summary>For HTML's <c>lang</c>: <c>id</c> or <c>en</c>.</summary>
    public string Language { get; }

    public string this[EmailText text] =>
        Resources.GetString(text.ToString(), _culture) ?? throw new MissingManifestResourceException($"The text {text} is missing in '{Language}'.");

    /// <param name="locale"><c>id</c> or <c>en</c>; anything else is Indonesian, the shop's own language.</param>
    public static EmailTexts Of(string locale) => locale.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? English : Indonesian;

    /// <summary>The text with its holes filled; they are text again, not markup.</summary>
    public string With(EmailText text, params string[] values) => string.Format(CultureInfo.InvariantCulture, this[text], values);
}
