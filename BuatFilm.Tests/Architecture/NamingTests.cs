using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using BuatFilm.Core;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Architecture;

/// <summary>Names say what a thing does; a word that fits everything says nothing.</summary>
public sealed partial class NamingTests
{
    /// <summary>Interfaces with one implementation, and why they stand all the same.</summary>
    private static readonly Dictionary<string, string> LoneInterfaces = new(StringComparer.Ordinal)
    {
        ["IMessageSender"] = "One per channel; WhatsApp's is the second.",
        ["IServiceProbe"] = "One per service.",
        ["IInterruptedWork"] = "One per kind of request with an idempotency key; the completer asks without knowing whom.",
        ["IReadinessCondition"] = "What a part of the app must have before this node is ready; readiness asks without knowing whom.",
    };

    private static IEnumerable<Type> ProductTypes =>
        new[] { typeof(ExternalService).Assembly, typeof(Program).Assembly }.SelectMany(assembly => assembly.GetTypes());

    [Fact]
    public void Types_HaveNoEmptyNames()
    {
        var types = ProductTypes.Concat(typeof(NamingTests).Assembly.GetTypes())
            .Where(type => type.Namespace?.StartsWith(nameof(BuatFilm), StringComparison.Ordinal) == true && !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false));

        Found.Nothing(types.Where(type => EmptyName().IsMatch(type.Name.Split('`')[0])).Select(type => type.FullName));
    }

    [Fact]
    public void Files_HaveNoEmptyNames()
    {
        var files = Arrow.Sources().Concat(SourceTree.Files("BuatFilm.Tests", "*.cs"));

        Found.Nothing(files.Where(path => EmptyName().IsMatch(Path.GetFileName(path).Split('.')[0])).Select(Arrow.Relative));
    }

    [Theory]
    [InlineData("OrderManager")]
    [InlineData("JsonHelpers")]
    [InlineData("StringUtil")]
    [InlineData("OrderDto")]
    [InlineData("MailerImpl")]
    public void EmptyName_IsFound(string name)
    {
        Assert.Matches(EmptyName(), name);
    }

    [Fact]
    public void Interfaces_HaveTwoImplementationsOrAReason()
    {
        var lone = ProductTypes
            .Where(type => type.IsInterface && type.Namespace?.StartsWith(nameof(BuatFilm), StringComparison.Ordinal) == true)
            .Where(type => ProductTypes.Count(candidate => candidate is { IsClass: true, IsAbstract: false } && candidate.IsAssignableTo(type)) < 2)
            .Select(type => type.Name)
            .Where(name => !LoneInterfaces.ContainsKey(name));

        Found.Nothing(lone);
    }

    [Fact]
    public void Program_IsATableOfContents()
    {
        Assert.InRange(File.ReadAllLines(SourceTree.PathOf("BuatFilm.Admin/Program.cs")).Length, 1, 80);
    }

    [GeneratedRegex("(Manager|Helpers?|Utils?|Utility|Utilities|Common|Dto|Impl)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex EmptyName();
}
