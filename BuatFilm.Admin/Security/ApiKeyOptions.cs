using System.ComponentModel.DataAnnotations;

namespace BuatFilm.Admin.Security;

/// <summary>API keys that the settings give, by name.</summary>
internal sealed class ApiKeyOptions : IValidatableObject
{
    public const string StorefrontSection = "Storefront:ApiKeys";
    public const string OpsSection = "Ops:ApiKeys";

    /// <summary>The shortest and the longest key, in characters.</summary>
    public const int MinLength = 20;
    public const int MaxLength = 200;

    /// <summary>Keys that may place and read orders.</summary>
    public Dictionary<string, string> Storefront { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Keys for the ops API, with the role Operator.</summary>
    public Dictionary<string, string> Ops { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <remarks>The messages name the setting and never show its value.</remarks>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (section, name, key) in Storefront.Select(pair => (StorefrontSection, pair.Key, pair.Value)).Concat(Ops.Select(pair => (OpsSection, pair.Key, pair.Value))))
        {
            var setting = $"{section}:{name}";
            if (!ApiKey.IsName(name))
            {
                yield return new ValidationResult($"{setting}: a name of an API key has 1 to 64 letters, digits, '.', '_' or '-'.");
            }

            if (key is not { Length: >= MinLength and <= MaxLength } || key.Any(letter => letter is <= ' ' or > '~'))
            {
                yield return new ValidationResult($"{setting} must have {MinLength} to {MaxLength} printable ASCII characters without spaces; it has {key?.Length ?? 0}.");
            }
            else if (!seen.TryAdd(key, setting))
            {
                yield return new ValidationResult($"{setting} has the same value as {seen[key]}: a key must tell who calls.");
            }
        }
    }
}
