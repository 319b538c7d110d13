using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using BuatFilm.Admin.Features.Outbox.Messages;

namespace BuatFilm.Tests.Outbox.Messages;

public sealed partial class EmailTextsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("en")]
    public void Resources_OfEachLanguage_HoldExactlyTheTextsThatAreUsed(string culture)
    {
        var texts = Texts(culture);

        Assert.Equal(Enum.GetNames<EmailText>().Order(StringComparer.Ordinal), texts.Keys.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(texts.Values, string.IsNullOrWhiteSpace);
    }

    [Fact]
    public void Resources_OfBothLanguages_HaveTheSameHoles()
    {
        var english = Texts("en");

        Assert.All(Texts(""), text => Assert.Equal(Holes(text.Value), Holes(english[text.Key])));
    }

    [Fact]
    public void Texts_OfEachLanguage_ComeFromItsOwnFile()
    {
        Assert.Equal("Halo Sari,", EmailTexts.Of("id").With(EmailText.Greeting, "Sari"));
        Assert.Equal("Hello Sari,", EmailTexts.Of("en").With(EmailText.Greeting, "Sari"));
        Assert.Equal("id", EmailTexts.Of("fr").Language);
    }

    private static Dictionary<string, string> Texts(string culture)
    {
        // Without its parents: a text that only Indonesian has must not pass for English.
        var set = EmailTexts.Resources.GetResourceSet(CultureInfo.GetCultureInfo(culture), createIfNotExists: true, tryParents: false);
        Assert.NotNull(set);
        return set.Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);
    }

    private static string[] Holes(string text) => [.. Hole().Matches(text).Select(hole => hole.Value).Distinct().Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"\{[0-9]\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hole();
}
