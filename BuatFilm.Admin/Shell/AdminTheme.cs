using MudBlazor;

namespace BuatFilm.Admin.Shell;

/// <summary>Colours and type. Every pair of text and ground reaches 4.5:1 in both themes; a test computes it.</summary>
/// <remarks>
/// Both palettes are always in the page, the dark one under its own scope; <c>theme.js</c> chooses before the first
/// paint. So nothing flashes, and the choice needs no circuit.
/// </remarks>
internal static class AdminTheme
{
    /// <summary>How much of a tone's colour its tinted ground holds; the style sheet mixes with the same share.</summary>
    public const double TintShare = 0.10;

    private const string DarkScope = ":root[data-theme=dark]";

    private static readonly string[] Fonts =
        ["Plus Jakarta Sans", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "Arial", "sans-serif"];

    public static PaletteLight LightPalette { get; } = new()
    {
        Primary = "#0B5563",
        PrimaryContrastText = "#FFFFFF",
        Secondary = "#6A4A86",
        SecondaryContrastText = "#FFFFFF",
        Success = "#176A39",
        SuccessContrastText = "#FFFFFF",
        Warning = "#854700",
        WarningContrastText = "#FFFFFF",
        Error = "#B0211A",
        ErrorContrastText = "#FFFFFF",
        Info = "#1A56A8",
        InfoContrastText = "#FFFFFF",
        Background = "#F3F5F7",
        BackgroundGray = "#E9EDF0",
        Surface = "#FFFFFF",
        TextPrimary = "#15202B",
        TextSecondary = "#4A5766",
        TextDisabled = "#6B7785",
        ActionDefault = "#4A5766",
        AppbarBackground = "#0F2A33",
        AppbarText = "#EAF3F5",
        DrawerBackground = "#FFFFFF",
        DrawerText = "#15202B",
        DrawerIcon = "#4A5766",
        LinesDefault = "#D9E0E6",
        LinesInputs = "#7A8794",
        Divider = "#D9E0E6",
        TableLines = "#D9E0E6",
    };

    public static PaletteDark DarkPalette { get; } = new()
    {
        Primary = "#62C8D8",
        PrimaryContrastText = "#06262C",
        Secondary = "#C9A7E8",
        SecondaryContrastText = "#241433",
        Success = "#64CF95",
        SuccessContrastText = "#06281A",
        Warning = "#F1B35B",
        WarningContrastText = "#2E1B00",
        Error = "#FF8F87",
        ErrorContrastText = "#3A0704",
        Info = "#8AB8FF",
        InfoContrastText = "#071F45",
        Background = "#0E1518",
        BackgroundGray = "#131B1F",
        Surface = "#172025",
        TextPrimary = "#E7EEF1",
        TextSecondary = "#A7B5BD",
        TextDisabled = "#84929B",
        ActionDefault = "#A7B5BD",
        AppbarBackground = "#0A2027",
        AppbarText = "#E4F0F3",
        DrawerBackground = "#131B1F",
        DrawerText = "#E7EEF1",
        DrawerIcon = "#A7B5BD",
        LinesDefault = "#2B373E",
        LinesInputs = "#6F7F89",
        Divider = "#2B373E",
        TableLines = "#2B373E",
    };

    public static MudTheme Light { get; } = Make(theme => theme.PaletteLight = LightPalette);

    public static MudTheme Dark { get; } = Make(theme =>
    {
        theme.PaletteDark = DarkPalette;
        theme.PseudoCss = new PseudoCss { Scope = DarkScope };
    });

    private static MudTheme Make(Action<MudTheme> paint)
    {
        var theme = new MudTheme
        {
            LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px", AppbarHeight = "56px" },
        };
        theme.Typography.Default.FontFamily = Fonts;
        theme.Typography.Default.FontSize = ".9375rem";
        theme.Typography.Button.TextTransform = "none";
        paint(theme);

        return theme;
    }
}
