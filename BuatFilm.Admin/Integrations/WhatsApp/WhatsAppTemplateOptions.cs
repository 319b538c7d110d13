using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace BuatFilm.Admin.Integrations.WhatsApp;

/// <summary>One of Meta's approved texts, for one kind of message.</summary>
internal sealed partial class WhatsAppTemplateOptions
{
    /// <summary>The template's name in WhatsApp Manager, at most 512 characters; empty for none.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>The language in which it was approved, by Meta's code: <c>id</c>, <c>en</c>, <c>en_US</c>.</summary>
    public string Language { get; set; } = "id";

    /// <summary>Its approved translations: Meta's language code by the customer's locale, <c>id</c> or <c>en</c>. A locale without one gets <see cref="Language"/>.</summary>
    public Dictionary<string, string> Languages { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The values that the template's body has places for, in their order; empty for those that the kind of message usually has.</summary>
    public List<string> Parameters { get; } = [];

    /// <summary>In Meta's words: <c>named</c> for a template with places such as <c>{{order_id}}</c>, <c>positional</c> for one with <c>{{1}}</c>.</summary>
    /// <remarks>Text and no enum: a word that cannot be converted would silently take the whole template out of the dictionary.</remarks>
    public string ParameterFormat { get; set; } = "named";

    public bool IsPositional => string.Equals(ParameterFormat, "positional", StringComparison.OrdinalIgnoreCase);

    /// <summary>The language in which a customer of this locale gets it.</summary>
    public string LanguageFor(string locale) => Languages.GetValueOrDefault(locale) is { Length: > 0 } translated ? translated : Language;

    /// <param name="section">Where it stands, for the messages.</param>
    public IEnumerable<ValidationResult> Mistakes(string section)
    {
        if (Name.Length > 512 || Name.Trim().Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)))
        {
            yield return new ValidationResult($"{section}:{nameof(Name)} must be the template's name without blanks, at most 512 characters.");
        }

        foreach (var (key, language) in Languages.Select(pair => ($"{nameof(Languages)}:{pair.Key}", pair.Value)).Prepend((nameof(Language), Language)))
        {
            if (!LanguageForm().IsMatch(language ?? string.Empty))
            {
                yield return new ValidationResult($"{section}:{key} must be one of Meta's language codes, such as id, en or en_US.");
            }
        }

        if (Languages.Keys.Any(locale => locale is not ("id" or "en")))
        {
            yield return new ValidationResult($"{section}:{nameof(Languages)} knows the locales id and en.");
        }

        if (!IsPositional && !string.Equals(ParameterFormat, "named", StringComparison.OrdinalIgnoreCase))
        {
            yield return new ValidationResult($"{section}:{nameof(ParameterFormat)} must be named or positional.");
        }

        if (Parameters.Any(name => !ParameterForm().IsMatch(name ?? string.Empty)))
        {
            yield return new ValidationResult($"{section}:{nameof(Parameters)} are names of lower-case letters, digits and underscores, such as order_id.");
        }
    }

    [GeneratedRegex(@"\A[a-z]{2,3}(_[A-Za-z0-9]{2,4})?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LanguageForm();

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,59}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ParameterForm();
}
