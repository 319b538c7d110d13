using System.Globalization;
using BuatFilm.Admin.Shell;
using MudBlazor;
using MudBlazor.Utilities;

namespace BuatFilm.Tests.Shell;

public sealed class PaletteTests
{
    /// <summary>WCAG 2.2, criterion 1.4.3, for text of ordinary size.</summary>
    private const double Enough = 4.5;

    public static TheoryData<string> Themes => ["light", "dark"];

    [Theory]
    [MemberData(nameof(Themes))]
    public void Palette_TextOnItsGrounds_IsReadable(string theme)
    {
        var palette = Of(theme);
        var grounds = new (string Name, MudColor Color)[]
        {
            ("surface", palette.Surface), ("background", palette.Background), ("gray", palette.BackgroundGray), ("drawer", palette.DrawerBackground),
        };
        var texts = new (string Name, MudColor Color)[]
        {
            ("text", palette.TextPrimary), ("secondary", palette.TextSecondary), ("primary", palette.Primary),
            ("good", palette.Success), ("info", palette.Info), ("warning", palette.Warning), ("bad", palette.Error),
        };

        Assert.All(
            from ground in grounds from text in texts select ($"{text.Name} on {ground.Name}", Contrast(Rgb(text.Color), Rgb(ground.Color))),
            pair => Assert.True(pair.Item2 >= Enough, FormattableString.Invariant($"{theme}: {pair.Item1} is {pair.Item2:0.00}:1")));
    }

    [Theory]
    [MemberData(nameof(Themes))]
    public void Palette_WordsOnTheirTint_AreReadable(string theme)
    {
        var palette = Of(theme);
        var tones = new (string Name, MudColor Color)[]
        {
            ("neutral", palette.TextSecondary), ("good", palette.Success), ("info", palette.Info), ("warning", palette.Warning), ("bad", palette.Error),
        };

        Assert.All(tones, tone =>
        {
            var tint = Mix(Rgb(tone.Color), Rgb(palette.Surface), AdminTheme.TintShare);
            AssertEnough(theme, $"{tone.Name} on its tint", Rgb(tone.Color), tint);
            AssertEnough(theme, $"text on the tint of {tone.Name}", Rgb(palette.TextPrimary), tint);
        });
        AssertEnough(theme, "the active link", Rgb(palette.Primary), Mix(Rgb(palette.Primary), Rgb(palette.DrawerBackground), AdminTheme.TintShare));
    }

    [Theory]
    [MemberData(nameof(Themes))]
    public void Palette_WordsOnFullColour_AreReadable(string theme)
    {
        var palette = Of(theme);

        AssertEnough(theme, "primary", Rgb(palette.PrimaryContrastText), Rgb(palette.Primary));
        AssertEnough(theme, "secondary", Rgb(palette.SecondaryContrastText), Rgb(palette.Secondary));
        AssertEnough(theme, "good", Rgb(palette.SuccessContrastText), Rgb(palette.Success));
        AssertEnough(theme, "info", Rgb(palette.InfoContrastText), Rgb(palette.Info));
        AssertEnough(theme, "warning", Rgb(palette.WarningContrastText), Rgb(palette.Warning));
        AssertEnough(theme, "bad", Rgb(palette.ErrorContrastText), Rgb(palette.Error));
        AssertEnough(theme, "bar", Rgb(palette.AppbarText), Rgb(palette.AppbarBackground));
        AssertEnough(theme, "drawer", Rgb(palette.DrawerText), Rgb(palette.DrawerBackground));
    }

    [Theory]
    [MemberData(nameof(Themes))]
    public void Palette_RowsAndBadges_AreReadable(string theme)
    {
        var palette = Of(theme);
        var texts = new (string Name, MudColor Color)[] { ("text", palette.TextPrimary), ("secondary", palette.TextSecondary), ("link", palette.Primary) };

        // As the style sheet mixes them: under the pointer, selected, and the term that the address names.
        foreach (var share in new[] { 0.04, 0.08 })
        {
            Assert.All(texts, text => AssertEnough(theme, FormattableString.Invariant($"{text.Name} on a row of {share}"), Rgb(text.Color), Mix(Rgb(palette.Primary), Rgb(palette.Surface), share)));
        }

        foreach (var tone in new[] { palette.TextSecondary, palette.Success, palette.Info, palette.Warning, palette.Error })
        {
            AssertEnough(theme, $"a badge of {tone}", Rgb(palette.Surface), Rgb(tone));
            Assert.All(new[] { 0.04, 0.08 }, share => AssertEnough(theme, "technical words on a selected row", Rgb(palette.TextSecondary), Mix(Rgb(palette.Primary), Rgb(palette.Surface), share)));
        }
    }

    // WCAG 2.2, criterion 1.4.11: what shows where a field is, and where the focus is.
    [Theory]
    [MemberData(nameof(Themes))]
    public void Palette_EdgesAndFocus_CanBeSeen(string theme)
    {
        const double seen = 3;
        var palette = Of(theme);
        var pairs = new (string Name, MudColor One, MudColor Other)[]
        {
            ("a field's edge on the page", palette.LinesInputs, palette.Background), ("a field's edge on its ground", palette.LinesInputs, palette.Surface),
            ("the focus on the page", palette.Primary, palette.Background), ("the focus on a card", palette.Primary, palette.Surface), ("the focus in the menu", palette.Primary, palette.DrawerBackground),
            ("the focus on a header", palette.Primary, palette.BackgroundGray), ("the focus in the bar", palette.AppbarText, palette.AppbarBackground), ("an icon", palette.DrawerIcon, palette.DrawerBackground),
            ("a receipt's bar", palette.Success, palette.BackgroundGray), ("what was skipped", palette.Warning, palette.BackgroundGray),
        };

        Assert.All(pairs, pair => Assert.True(Contrast(Rgb(pair.One), Rgb(pair.Other)) >= seen, FormattableString.Invariant($"{theme}: {pair.Name} is {Contrast(Rgb(pair.One), Rgb(pair.Other)):0.00}:1")));
    }

    [Fact]
    public void StyleSheet_MixesTintsWithTheShareThatIsTested()
    {
        var css = File.ReadAllText(SourceTree.PathOf("BuatFilm.Admin/wwwroot/app.css"));
        var share = AdminTheme.TintShare.ToString("0%", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal);

        Assert.Contains($"--tint: color-mix(in srgb, var(--tone) {share}, var(--mud-palette-surface))", css, StringComparison.Ordinal);
    }

    [Fact]
    public void Contrast_OfBlackOnWhite_IsTwentyOne() =>
        Assert.Equal(21.0, Contrast((0, 0, 0), (255, 255, 255)), precision: 6);

    private static Palette Of(string theme) => theme == "light" ? AdminTheme.LightPalette : AdminTheme.DarkPalette;

    private static void AssertEnough(string theme, string what, (double R, double G, double B) text, (double R, double G, double B) ground)
    {
        var contrast = Contrast(text, ground);
        Assert.True(contrast >= Enough, FormattableString.Invariant($"{theme}: {what} is {contrast:0.00}:1"));
    }

    private static (double R, double G, double B) Rgb(MudColor color) => (color.R, color.G, color.B);

    /// <summary>CSS <c>color-mix(in srgb, …)</c>: linear in the encoded values.</summary>
    private static (double R, double G, double B) Mix((double R, double G, double B) color, (double R, double G, double B) ground, double share) =>
        (color.R * share + ground.R * (1 - share), color.G * share + ground.G * (1 - share), color.B * share + ground.B * (1 - share));

    /// <summary>WCAG's contrast ratio, from 1 to 21.</summary>
    private static double Contrast((double R, double G, double B) one, (double R, double G, double B) other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance((double R, double G, double B) color) =>
        0.2126 * Linear(color.R) + 0.7152 * Linear(color.G) + 0.0722 * Linear(color.B);

    private static double Linear(double encoded)
    {
        var value = encoded / 255;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }
}
