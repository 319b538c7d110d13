using BuatFilm.Admin.Security;
using Bunit;
using Microsoft.AspNetCore.Components.Web;

namespace BuatFilm.Tests.Components;

/// <summary>Selecting rows of a list, and acting on them.</summary>
public sealed class PagedListSelectionTests : ListContext
{
    [Fact]
    public void Selection_OverPagesAndNews_Stays()
    {
        var page = RenderList(25);
        Check(page, "INV-0025");
        Follow(page, "[rel=next]");
        Check(page, "INV-0010");
        Shelf.Change(rows => [.. rows.Select(row => row with { Error = "baru" })]);
        Write();
        Until(page, () => Assert.Contains("baru", Row(page, "INV-0010").TextContent, StringComparison.Ordinal));

        Follow(page, "[rel=prev]");

        Assert.True(Row(page, "INV-0025").QuerySelector("input")!.HasAttribute("checked"));
        Assert.Equal("2 baris dipilih", page.Find("[data-selected]").TextContent);
        Assert.Equal(["INV-0010", "INV-0025"], page.Instance.List.Selection.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Selection_OfAPage_OffersAllThatMatch()
    {
        var page = RenderList(25, "demo-list?q=INV-00");
        Assert.Empty(page.FindAll(".selection-bar"));

        page.Find("thead input").Click();
        Assert.Equal("10 baris dipilih", page.Find("[data-selected]").TextContent);
        Assert.Equal("Pilih semua 25 yang cocok", page.Find("[data-select-all]").TextContent);
        page.Find("[data-select-all]").Click();

        var selection = page.Instance.List.Selection;
        Assert.Equal("Semua 25 baris yang cocok dipilih", page.Find("[data-selected]").TextContent);
        Assert.Empty(selection.Keys);
        Assert.Equal("INV-00", selection.Matching!["q"]);
        Assert.Null(selection.Matching.Cursor);
        Assert.Equal(25, selection.MatchingCount);
        Assert.Equal("Coba lagi 25 pesan", page.Find("[data-action=retry]").TextContent.Trim());
    }

    [Fact]
    public void Selection_OfAllThatMatch_EndsWithTheFilters()
    {
        var page = RenderList(25);
        page.Find("thead input").Click();
        page.Find("[data-select-all]").Click();

        Navigation.NavigateTo("demo-list?q=INV-0001");

        Assert.Equal(["INV-0001"], Keys(page));
        Assert.True(page.Instance.List.Selection.IsEmpty);
    }

    [Fact]
    public void Selection_OfAllThatMatchWithoutOne_IsThePageWithoutIt()
    {
        var page = RenderList(25);
        page.Find("thead input").Click();
        page.Find("[data-select-all]").Click();

        Check(page, "INV-0020");

        Assert.Null(page.Instance.List.Selection.Matching);
        Assert.Equal("9 baris dipilih", page.Find("[data-selected]").TextContent);
        Assert.DoesNotContain("INV-0020", page.Instance.List.Selection.Keys);
    }

    [Fact]
    public void Selection_WithShift_ReachesFromTheLastOne()
    {
        var page = RenderList(25);
        Check(page, "INV-0024");

        Row(page, "INV-0020").QuerySelector("input")!.Click(new MouseEventArgs { ShiftKey = true });

        Assert.Equal(Orders(24, 20), page.Instance.List.Selection.Keys.OrderDescending(StringComparer.Ordinal));
        page.Find("[data-unselect]").Click();
        Assert.Empty(page.FindAll(".selection-bar"));
    }

    [Fact]
    public void Action_AfterAQuestionWithItsNumberAndReason_IsDone()
    {
        var page = RenderList(25);
        Check(page, "INV-0024");

        page.Find("[data-action=retry]").Click();
        Assert.Contains("Coba lagi 3 pesan?", page.Find("dialog h2").TextContent, StringComparison.Ordinal);
        page.Find("[data-confirm]").Click();
        Assert.Contains("Tulis alasannya", page.Find("dialog [role=alert]").TextContent, StringComparison.Ordinal);
        page.Find("dialog textarea").Input("Kotak masuk sudah dikosongkan");
        page.Find("[data-confirm]").Click();

        page.WaitForAssertion(() => Assert.Equal("ya: Kotak masuk sudah dikosongkan", page.Find("[data-answer]").TextContent));
        Assert.Empty(page.FindAll("dialog h2"));
        Assert.Empty(page.FindAll(".selection-bar"));
    }

    [Fact]
    public void Action_ThatSomebodyThinksBetterOf_IsNotDone()
    {
        var page = RenderList(25);
        Check(page, "INV-0024");

        page.Find("[data-action=retry]").Click();
        page.Find("[data-cancel]").Click();

        page.WaitForAssertion(() => Assert.Equal("batal", page.Find("[data-answer]").TextContent));
        Assert.NotEmpty(page.FindAll(".selection-bar"));
    }

    [Fact]
    public void Action_ForWhoMayNot_IsOffAndSaysWhy()
    {
        Reader.SetRoles(Roles.Viewer);
        var page = RenderList(25, more: parameters => parameters.Add(list => list.ActionPermission, Permissions.DeadLettersRequeue));
        Check(page, "INV-0024");
        var button = page.Find("[data-action=retry]");
        Assert.Equal("true", button.GetAttribute("aria-disabled"));
        Assert.Contains("Mintalah kepada Admin", page.Find($"#{button.GetAttribute("aria-describedby")}").TextContent, StringComparison.Ordinal);

        button.Click();

        Assert.Empty(page.FindAll("dialog h2"));
    }

    [Fact]
    public async Task Action_WhileTheDataIsOld_IsOffAndSaysWhy()
    {
        var page = RenderList(25);
        Check(page, "INV-0024");
        DatabaseAnswers = false;
        Until(page, () => Assert.Contains("basis data tidak menjawab", page.Find("[data-action=retry]").GetAttribute("title") ?? "", StringComparison.Ordinal));

        await page.InvokeAsync(() => page.Find("[data-action=retry]").Click());
        Assert.Empty(page.FindAll("dialog h2"));

        DatabaseAnswers = true;
        Until(page, () => Assert.Null(page.Find("[data-action=retry]").GetAttribute("aria-disabled")));
    }

    private static void Check(IRenderedComponent<DemoListPage> page, string key) => Row(page, key).QuerySelector("input")!.Click();
}
