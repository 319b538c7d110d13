using BuatFilm.Admin.Shell;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Tests.Shell;

public sealed class GlossaryPageTests : ShellContext
{
    [Fact]
    public void Page_AtFirst_ExplainsEveryTermUnderItsAddress()
    {
        var page = Render<GlossaryPage>();

        Assert.Equal(GlossaryTerm.All.Select(term => term.Id), page.FindAll("[data-term]").Select(term => term.Id));
        Assert.Contains("berhenti dan menunggu keputusan orang", page.Find("#dlq dd").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_WhenSearched_KeepsWhatSpeaksOfIt()
    {
        var page = Render<GlossaryPage>();

        page.Find("input").Input("SETTLEMENT");
        Assert.Equal(["settlement"], page.FindAll("[data-term]").Select(term => term.Id));
        page.Find("input").Input("zzz");

        Assert.Single(page.FindAll("[data-none]"));
    }

    [Fact]
    public void Terms_Always_HaveWordsAndNoWordsAreLeftOver()
    {
        var texts = Services.GetRequiredService<IStringLocalizer<GlossaryTexts>>();

        Assert.Equal(
            GlossaryTerm.All.SelectMany(term => new[] { $"{term.Id}.Name", $"{term.Id}.Text" }).Order(StringComparer.Ordinal),
            texts.GetAllStrings(includeParentCultures: true).Select(text => text.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.Equal(GlossaryTerm.All.Count, GlossaryTerm.All.Select(term => term.Id).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Terms_ThatNameAPage_NameOneOfTheMenu()
    {
        Assert.All(GlossaryTerm.All.Where(term => term.Page is not null), term => Assert.Contains(MenuEntries.All, entry => entry.Href == term.Page));
    }
}
