namespace BuatFilm.Admin.Shell;

/// <summary>Names the texts of the shell: <c>ShellTexts.resx</c> in Indonesian, <c>ShellTexts.en.resx</c> in English.</summary>
public sealed class ShellTexts;
