using System.Globalization;
using System.Resources;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>The words of alerts in one language; the neutral one is Indonesian.</summary>
internal sealed class AlertTexts
{
    internal static readonly ResourceManager Resources = new(typeof(AlertTexts));

    private AlertTexts(string language) => Culture = CultureInfo.GetCultureInfo(language);

    public static AlertTexts Indonesian { get; } = new("id");

    public static AlertTexts English { get; } = new("en");

    public CultureInfo Culture { get; }

    public string this[string key] => Find(key) ?? throw new MissingManifestResourceException($"The text {key} is missing in '{Culture.Name}'.");

    /// <param name="language"><c>id</c> or <c>en</c>.</param>
    public static AlertTexts Of(string language) => language == "en" ? English : Indonesian;

    /// <summary>The first of the texts that exists.</summary>
    public string? Find(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (Resources.GetString(key, Culture) is { } text)
            {
                return text;
            }
        }

        return null;
    }

    /// <summary>The text with its holes filled; they are text again, not markup.</summary>
    public string With(string key, params string[] values) => Fill(this[key], values);

    public static string Fill(string text, params string[] values) => string.Format(CultureInfo.InvariantCulture, text, values);
}
