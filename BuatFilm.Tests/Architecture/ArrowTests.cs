using System.Text.RegularExpressions;
using BuatFilm.Core;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Architecture;

/// <summary>The arrows of the house go one way.</summary>
public sealed partial class ArrowTests
{
    private static readonly string[] Foundation = ["Data", "Integrations", "Live", "Security", "Settings", "Core"];

    /// <summary>What the files of a folder may name; Program composes, so it may name everything.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Shell"] = ["Features", "Http", "Components", .. Foundation],
        ["Features"] = ["Http", "Components", .. Foundation],
        ["Http"] = Foundation,
        ["Components"] = ["Live", "Security", "Core"],
        ["Data"] = ["Settings", "Core"],
        ["Integrations"] = ["Settings", "Core"],
        ["Live"] = ["Settings", "Core"],
        ["Security"] = ["Settings", "Core"],
        ["Settings"] = [],
        ["Sandbox"] = ["Core"],
        ["Core"] = [],
    };

    /// <summary>Arrows beside the rule. Each has its reason, and goes when nobody draws it any more.</summary>
    private static readonly (string From, string To, string Reason)[] Exceptions =
    [
        ("Integrations/Midtrans", "Integrations/Resilience", "A client sends its calls through its service's breaker."),
        ("Integrations/Smtp", "Integrations/Resilience", "A client sends its calls through its service's breaker."),
        ("Integrations/WhatsApp", "Integrations/Resilience", "A client sends its calls through its service's breaker."),
        ("Integrations/Hangfire", "Data", "Hangfire's jobs lie in the app's database, in a schema that the migrator makes."),
        ("Integrations/Hangfire", "Security", "The dashboard's route names who may see it."),
        ("Integrations/Telemetry", "Security", "The metrics' route names who may scrape it."),
    ];

    [Fact]
    public void Core_ReferencesOnlyTheRuntime()
    {
        var references = typeof(ExternalService).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!);

        Assert.DoesNotContain(references, name => !name.StartsWith("System.", StringComparison.Ordinal) && name is not ("netstandard" or "mscorlib"));
    }

    [Fact]
    public void Folders_NameOnlyWhatLiesBelowThem()
    {
        var wrong = Arrow.All.Where(arrow =>
            arrow.From != "Program"
            && arrow.FromFolder != arrow.ToFolder
            && !Allowed.GetValueOrDefault(arrow.FromFolder, []).Contains(arrow.ToFolder)
            && !IsExcepted(arrow));

        Found.Nothing(wrong.Select(arrow => arrow.ToString()));
    }

    [Fact]
    public void Features_DoNotNameEachOther()
    {
        var wrong = Arrow.All.Where(arrow => arrow is { FromFolder: "Features", ToFolder: "Features" });

        Found.Nothing(wrong.Select(arrow => arrow.ToString()));
    }

    [Fact]
    public void Integrations_NameEachOtherOnlyForAReason()
    {
        var wrong = Arrow.All.Where(arrow => arrow is { FromFolder: "Integrations", ToFolder: "Integrations" } && !IsExcepted(arrow));

        Found.Nothing(wrong.Select(arrow => arrow.ToString()));
    }

    [Fact]
    public void Exceptions_AreAllNeeded()
    {
        var idle = Exceptions.Where(exception => !Arrow.All.Any(arrow => arrow.From == exception.From && (arrow.To == exception.To || arrow.ToFolder == exception.To)));

        Found.Nothing(idle.Select(exception => $"{exception.From} → {exception.To}"));
    }

    // Else a file could take another folder's rights by its namespace.
    [Fact]
    public void Files_StandInTheFolderOfTheirNamespace()
    {
        var strays = Arrow.Sources()
            .Where(path => path.EndsWith(".cs", StringComparison.Ordinal))
            .Select(path => (Path: path, Declared: NamespaceDeclaration().Match(File.ReadAllText(path)).Groups["name"].Value))
            .Where(file => file.Declared.Length > 0 && file.Declared != Arrow.NamespaceOf(file.Path));

        Found.Nothing(strays.Select(file => $"{Arrow.Relative(file.Path)} says {file.Declared}"));
    }

    [Theory]
    [InlineData("using BuatFilm.Admin.Features.Outbox;", "Features/Outbox")]
    [InlineData("@using BuatFilm.Admin.Features.Outbox", "Features/Outbox")]
    [InlineData("using static BuatFilm.Admin.Features.Outbox.OutboxMetrics;", "Features/Outbox")]
    [InlineData("using Box = BuatFilm.Admin.Features.Outbox.OutboxQueue;", "Features/Outbox")]
    [InlineData("new global::BuatFilm.Admin.Features.Outbox.OutboxQueue(x)", "Features/Outbox")]
    [InlineData("private readonly Outbox.OutboxQueue _queue;", "Features/Outbox")]
    [InlineData("private readonly Features.Outbox.OutboxQueue _queue;", "Features/Outbox")]
    [InlineData("Admin.Sandbox.SandboxHost host", "Sandbox")]
    [InlineData("var folder = Folders.SandboxOf(x);", "Program")]
    [InlineData("Use<CommandLine>();", "Program")]
    [InlineData("var text = $\"{Outbox.OutboxQueue.Depth} wait\";", "Features/Outbox")]
    [InlineData("var site = \"https://example.com\"; Shell.Cultures.Configure(x);", "Shell")]
    public void Of_AnArrow_FindsIt(string source, string to)
    {
        var arrows = Arrow.Of("BuatFilm.Admin.Features.Orders", "Example.cs", source);

        Assert.Equal([to], arrows.Select(arrow => arrow.To));
    }

    [Fact]
    public void Of_AnAttributeInMarkup_FindsIt()
    {
        var arrows = Arrow.Of("BuatFilm.Admin.Features.Orders", "Example.razor", "<p class=\"@BuatFilm.Admin.Shell.Cultures.Default\">");

        Assert.Equal(["Shell"], arrows.Select(arrow => arrow.To));
    }

    [Theory]
    [InlineData("using System.Text; using Microsoft.AspNetCore.Http;")]
    [InlineData("// See BuatFilm.Admin.Features.Outbox.OutboxQueue.")]
    [InlineData("/// <see cref=\"BuatFilm.Admin.Features.Outbox.OutboxQueue\"/>")]
    [InlineData("@* BuatFilm.Admin.Shell.Cultures *@ <!-- BuatFilm.Admin.Shell.Cultures -->")]
    [InlineData("var text = \"BuatFilm.Admin.Shell.Cultures\"; var other = $\"BuatFilm.Admin.Shell {x}\";")]
    [InlineData("var depth = status.Outbox.OutboxQueue + Outbox.Depth;")]
    [InlineData("private readonly OrderRows _rows; using BuatFilm.Admin.Features.Orders;")]
    public void Of_NoArrow_FindsNone(string source)
    {
        Assert.Empty(Arrow.Of("BuatFilm.Admin.Features.Orders", "Example.cs", source));
    }

    private static bool IsExcepted(Arrow arrow) =>
        Exceptions.Any(exception => exception.From == arrow.From && (exception.To == arrow.To || exception.To == arrow.ToFolder));

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex NamespaceDeclaration();
}
