using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Architecture;

/// <summary>A feature has one name in the whole house.</summary>
public sealed class FeatureTests
{
    /// <summary>Features that decide nothing, and so have no folder in Core.</summary>
    private static readonly Dictionary<string, string> WithoutCore = new(StringComparer.Ordinal)
    {
        ["ApiKeys"] = "What a key is stands in Security; here it is only kept.",
        ["Jobs"] = "It shows and starts what the others register; when and whether is theirs.",
    };

    [Fact]
    public void Features_AreNamedAsInCore()
    {
        var core = FoldersIn("BuatFilm.Core");

        Found.Nothing(FoldersIn("BuatFilm.Admin/Features").Where(name => !core.Contains(name) && !WithoutCore.ContainsKey(name)));
    }

    [Fact]
    public void Features_ThatRegisterSomething_HaveAnIndex()
    {
        // Those with nothing but mappings register nothing.
        var without = FoldersIn("BuatFilm.Admin/Features")
            .Where(name => SourceTree.Files($"BuatFilm.Admin/Features/{name}", "*.cs").Any(path => !path.EndsWith("Configuration.cs", StringComparison.Ordinal)))
            .Where(name => !File.Exists(SourceTree.PathOf($"BuatFilm.Admin/Features/{name}/{name}Feature.cs")));

        Found.Nothing(without);
    }

    private static string[] FoldersIn(string folder) =>
        [.. Directory.GetDirectories(SourceTree.PathOf(folder)).Select(path => Path.GetFileName(path)).Where(name => name is not ("bin" or "obj")).Order(StringComparer.Ordinal)];
}
