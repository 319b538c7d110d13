using System.Globalization;

namespace BuatFilm.Admin.Components.Lists;

/// <summary>One filter of a list. Its values stand in the address under its name.</summary>
/// <param name="Name">Lower-case letters and hyphens; not one that the list itself uses: <c>sort</c>, <c>page</c>, <c>item</c>.</param>
/// <param name="Label">For people.</param>
public abstract record ListFilter(string Name, string Label)
{
    /// <summary>The names of the filter's values.</summary>
    public virtual IEnumerable<string> Parameters => [Name];

    /// <summary>Makes a value from the address fit.</summary>
    /// <returns>Null when it never can, or when it says nothing.</returns>
    public abstract string? Clean(string value);
}

/// <summary>Searches for a text.</summary>
/// <param name="Placeholder">An example of what to type.</param>
public sealed record TextFilter(string Name, string Label, string? Placeholder = null) : ListFilter(Name, Label)
{
    /// <summary>Longer searches are cut.</summary>
    public const int MaxLength = 200;

    public override string? Clean(string value)
    {
        ArgumentNullException.ThrowIfNull(value);

        var text = value.Replace("\0", "", StringComparison.Ordinal).Trim();
        return text.Length switch
        {
            0 => null,
            > MaxLength => text[..MaxLength],
            _ => text,
        };
    }
}

/// <summary>Chooses one of a few values, or all.</summary>
public sealed record ChoiceFilter(string Name, string Label, IReadOnlyList<Choice> Choices) : ListFilter(Name, Label)
{
    public override string? Clean(string value) => Choices.Any(choice => choice.Value == value) ? value : null;
}

/// <summary>One value of a <see cref="ChoiceFilter"/>, and its word.</summary>
public sealed record Choice(string Value, string Label);

/// <summary>Bounds an instant by days in WIB, both included.</summary>
public sealed record DateFilter(string Name, string Label) : ListFilter(Name, Label)
{
    internal const string Format = "yyyy-MM-dd";

    public string FromName => $"{Name}-from";

    public string ToName => $"{Name}-to";

    public override IEnumerable<string> Parameters => [FromName, ToName];

    public override string? Clean(string value) =>
        DateOnly.TryParseExact(value, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 2000 and < 9999 ? value : null;
}
