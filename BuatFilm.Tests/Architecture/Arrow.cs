using BuatFilm.Tests.Shell;

namespace BuatFilm.Tests.Architecture;

/// <summary>One file that names another part of the house.</summary>
/// <param name="From">A part: <c>Core</c>, <c>Program</c>, <c>Features/Orders</c>, <c>Integrations/Smtp</c>, or a folder of BuatFilm.Admin.</param>
/// <param name="Path">Of the file, relative to the repository.</param>
internal sealed record Arrow(string From, string To, string Path)
{
    public string FromFolder => From.Split('/')[0];

    public string ToFolder => To.Split('/')[0];

    public override string ToString() => $"{From} → {To} ({Path})";

    /// <summary>Every arrow from one part to another, as the source draws them.</summary>
    public static IReadOnlyList<Arrow> All { get; } =
        [.. Sources().SelectMany(path => Of(NamespaceOf(path), Relative(path), File.ReadAllText(path))).Distinct()];

    /// <summary>The arrows of one file's text.</summary>
    public static IEnumerable<Arrow> Of(string ownNamespace, string file, string source) =>
        NamespaceReferences.In(source, ownNamespace, isRazor: file.EndsWith(".razor", StringComparison.Ordinal))
            .Select(name => new Arrow(PartOf(ownNamespace), PartOf(name), file))
            .Where(arrow => arrow.From != arrow.To);

    /// <summary>All of our source that is not generated.</summary>
    public static IEnumerable<string> Sources() =>
        from folder in new[] { "BuatFilm.Core", "BuatFilm.Admin" }
        from pattern in new[] { "*.cs", "*.razor" }
        from path in SourceTree.Files(folder, pattern)
        where !path.Contains("/Migrations/", StringComparison.Ordinal)
        select path;

    public static string Relative(string path) => System.IO.Path.GetRelativePath(SourceTree.Root, path).Replace('\\', '/');

    /// <summary>The namespace that a file's folder asks for.</summary>
    public static string NamespaceOf(string path) => System.IO.Path.GetDirectoryName(Relative(path))!.Replace('\\', '/').Replace('/', '.');

    private static string PartOf(string name)
    {
        var words = name.Split('.');

        return words switch
        {
            ["BuatFilm", "Core", ..] => "Core",
            ["BuatFilm", "Admin", "Features" or "Integrations", _, ..] => $"{words[2]}/{words[3]}",
            ["BuatFilm", "Admin", _, ..] => words[2],
            _ => "Program",
        };
    }
}
