using System.Text.RegularExpressions;

namespace BuatFilm.Tests.Shell;

/// <summary>Text as a browser shows it.</summary>
internal static partial class Squeezing
{
    /// <summary>Every run of white space is one blank, none at the ends.</summary>
    public static string Squeeze(this string text) => Blanks().Replace(text, " ").Trim();

    [GeneratedRegex(@"\s+", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Blanks();
}
