using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Shell;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Degradation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Tests.Shell;

/// <summary>Both languages are whole, and no page speaks past them.</summary>
public sealed partial class ResourceTests
{
    public static TheoryData<string> TextSets =>
        [.. SourceTree.Files("BuatFilm.Admin", "*.resx").Where(path => !path.EndsWith(".en.resx", StringComparison.Ordinal)).Select(Relative)];

    public static TheoryData<string> RazorFiles => [.. SourceTree.Files("BuatFilm.Admin", "*.razor").Select(Relative)];

    [Theory]
    [MemberData(nameof(TextSets))]
    public void Texts_InBothLanguages_HaveTheSameKeysAndHoles(string set)
    {
        var indonesian = Read(SourceTree.PathOf(set));
        var english = Read(SourceTree.PathOf(Path.ChangeExtension(set, ".en.resx")));

        Assert.Equal(indonesian.Keys.Order(StringComparer.Ordinal), english.Keys.Order(StringComparer.Ordinal));
        Assert.All(indonesian, text =>
        {
            Assert.Equal(text.Value.Length == 0, english[text.Key].Length == 0);
            Assert.Equal(Holes(text.Value), Holes(english[text.Key]));
        });
    }

    [Theory]
    [InlineData("id")]
    [InlineData("en")]
    public void Texts_AtRunTime_ComeFromTheFileOfTheLanguage(string culture)
    {
        using var services = new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider();
        var localizers = services.GetRequiredService<IStringLocalizerFactory>();
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);

        foreach (var type in typeof(ShellTexts).Assembly.GetTypes().Where(type => type.Name.EndsWith("Texts", StringComparison.Ordinal) && type.Namespace!.StartsWith("BuatFilm.", StringComparison.Ordinal)))
        {
            var folder = type.Namespace!["BuatFilm.Admin.".Length..].Replace('.', '/');
            var file = $"BuatFilm.Admin/{folder}/{type.Name}{(culture == "en" ? ".en" : "")}.resx";
            Assert.All(Read(SourceTree.PathOf(file)), text =>
            {
                var found = localizers.Create(type)[text.Key];
                Assert.False(found.ResourceNotFound, $"{type.Name}: {text.Key}");
                Assert.Equal(text.Value, found.Value);
            });
        }
    }

    [Fact]
    public void Sources_WhatTheyAskFor_Exists()
    {
        var sets = SourceTree.Files("BuatFilm.Admin", "*.resx")
            .Where(path => !path.EndsWith(".en.resx", StringComparison.Ordinal))
            .ToDictionary(path => Path.GetFileNameWithoutExtension(path), path => Read(path).Keys.ToHashSet(StringComparer.Ordinal));
        var units = SourceTree.Files("BuatFilm.Admin", "*.razor").Concat(SourceTree.Files("BuatFilm.Admin", "*.cs"))
            .GroupBy(path => path.EndsWith(".razor.cs", StringComparison.Ordinal) ? path[..^3] : path)
            .Select(unit => string.Join('\n', unit.Select(File.ReadAllText)));
        var asked = new List<(string Set, string Key, bool IsPrefix)>();

        foreach (var source in units)
        {
            foreach (Match localizer in Localizer().Matches(source))
            {
                var use = new Regex($@"\b{localizer.Groups["name"].Value}\[(?<dollar>\$?)""(?<key>[^""{{]+)", RegexOptions.None, TimeSpan.FromSeconds(5));
                asked.AddRange(use.Matches(source).Select(match =>
                    (localizer.Groups["set"].Value, match.Groups["key"].Value, match.Groups["dollar"].Length > 0)));
            }

            asked.AddRange(Entry().Matches(source).Select(match => (match.Groups["set"].Value, match.Groups["key"].Value, false)));
        }

        Assert.True(asked.Count > 40, $"Only {asked.Count} uses were found: the search is broken.");
        Assert.All(asked, ask => Assert.True(
            ask.IsPrefix ? sets[ask.Set].Any(key => key.StartsWith(ask.Key, StringComparison.Ordinal)) : sets[ask.Set].Contains(ask.Key),
            $"{ask.Set} lacks {ask.Key}"));
    }

    [Fact]
    public void Keys_BuiltFromWords_ExistForEveryWord()
    {
        var shell = Read(SourceTree.PathOf("BuatFilm.Admin/Shell/ShellTexts.resx"));
        var components = Read(SourceTree.PathOf("BuatFilm.Admin/Components/ComponentTexts.resx"));
        string[] levels = [.. Enum.GetNames<DegradationLevel>(), "Unknown"];
        string[] states = [.. Enum.GetNames<BreakerState>(), "Unknown", "Silent"];
        var services = Enum.GetNames<ExternalService>();

        Assert.All(levels, level => Assert.Contains($"Level.{level}", shell));
        Assert.All(levels, level => Assert.Contains($"Sentence.{level}", shell));
        Assert.All(services, service => Assert.Contains($"Role.{service}", shell));
        Assert.All(services, service => Assert.Contains($"Consequence.{service}", shell));
        Assert.All(Cultures.All, culture => Assert.Contains($"Language.{culture}", shell));
        Assert.All(services, service => Assert.Contains($"Service.{service}", components));
        Assert.All(states, state => Assert.Contains($"State.{state}", components));
        Assert.All(states, state => Assert.Contains($"Technical.{state}", components));
        Assert.All(Enum.GetNames<MenuGroup>().Where(group => group != nameof(MenuGroup.Start)), group => Assert.Contains($"MenuGroup.{group}", shell));
        Assert.All(Enum.GetNames<GlossaryGroup>(), group => Assert.Contains($"Glossary.Group.{group}", shell));
        Assert.All(Roles.All.Where(role => role != Roles.Storefront), role => Assert.Contains($"UserRole.{role}", shell));
        Assert.All(new[] { "system", "light", "dark" }, theme => Assert.Contains($"Theme.{theme}", shell));
    }

    // Whatever Words has an Of for: every value has both words in both languages, and none is left over.
    [Theory]
    [InlineData("")]
    [InlineData(".en")]
    public void Words_OfEveryState_AreThere(string language)
    {
        var texts = Read(SourceTree.PathOf($"BuatFilm.Admin/Components/ComponentTexts{language}.resx"));
        var states = typeof(Words).GetMethods()
            .Where(method => method.Name == nameof(Words.Of))
            .Select(method => method.GetParameters()[0].ParameterType)
            .ToList();
        var values = states.SelectMany(state => Enum.GetNames(state).Select(value => $"{state.Name}.{value}")).ToHashSet(StringComparer.Ordinal);

        Assert.True(states.Count >= 13, $"Only {states.Count} kinds of states were found.");
        Assert.All(values, value => Assert.False(string.IsNullOrWhiteSpace(texts.GetValueOrDefault($"Word.{value}")), value));
        Assert.All(values, value => Assert.Contains($"Technical.{value}", texts));
        Assert.Equal(
            values.Order(StringComparer.Ordinal),
            texts.Keys.Where(key => key.StartsWith("Word.", StringComparison.Ordinal)).Select(key => key["Word.".Length..]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(RazorFiles))]
    public void Markup_Always_TakesItsWordsFromTheResources(string file) =>
        Assert.Empty(RazorText.LiteralsIn(File.ReadAllText(SourceTree.PathOf(file))));

    [Theory]
    [InlineData("<p>Pesan gagal</p>", "Pesan gagal")]
    [InlineData("<MudButton OnClick=\"() => Go()\">Kirim</MudButton>", "Kirim")]
    [InlineData("<MudTextField Label=\"Alasan\" T=\"string\" />", "Alasan")]
    [InlineData("<button aria-label=\"Close\"></button>", "Close")]
    [InlineData("@if (_a > 3)\n{\n  <p>@_b kali</p>\n}\nelse\n{\n  <p>@(_c ? 1 : 2)</p>\n}", "kali")]
    public void Markup_WithWordsOfItsOwn_IsFound(string markup, string words) =>
        Assert.Equal([words], RazorText.LiteralsIn(markup));

    [Theory]
    [InlineData("@page \"/\"\n@inject IStringLocalizer<ShellTexts> Texts\n<h1 class=\"title\">@Texts[\"Title\"] · BuatFilm</h1>")]
    [InlineData("@* a remark *@<MudTextField Label=\"@Texts[\"A.B\", Formats.Number(3)]\" Class=\"wide\" />")]
    [InlineData("@if (_a is { } b)\n{\n  <b>@b</b>\n}\nelse if (_c)\n{\n  <i>@(_d ? Texts[\"E\"] : \"–\")</i>\n}")]
    [InlineData("<p>@foreach (var x in List())\n{\n  <a @key=\"x\" href=\"/orders\">@x.Name</a>\n}</p>\n@code {\n  string s = \"words\";\n}")]
    public void Markup_WithWordsOfTheResources_IsLeftAlone(string markup) =>
        Assert.Empty(RazorText.LiteralsIn(markup));

    private static string Relative(string path) => Path.GetRelativePath(SourceTree.Root, path);

    private static Dictionary<string, string> Read(string path) =>
        XDocument.Load(path).Root!.Elements("data").ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    private static IEnumerable<string> Holes(string text) => Hole().Matches(text).Select(match => match.Value).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\{\d+\}", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Hole();

    [GeneratedRegex(@"IStringLocalizer<(?<set>\w+)> (?<name>\w+)", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Localizer();

    [GeneratedRegex(@"typeof\((?<set>\w+Texts)\), ""(?<key>[^""]+)""", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Entry();
}
