using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Shell;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace BuatFilm.Tests.Components;

/// <summary>What a list shows, and what stands in its address.</summary>
public sealed class PagedListTests : ListContext
{
    [Fact]
    public void List_UntilItsRowsCome_ShowsTheirPlaces()
    {
        var gate = new TaskCompletionSource();
        Shelf.Gate = gate.Task;
        var page = RenderList(3);
        Assert.Equal(8, page.FindAll("tr.skeleton").Count);
        Assert.Equal("Memuat…", page.Find("[data-count]").TextContent);
        Assert.Null(State(page));

        gate.SetResult();

        page.WaitForAssertion(() => Assert.Equal(Orders(3, 1), Keys(page)));
        Assert.Empty(page.FindAll("tr.skeleton"));
        Assert.Equal("3 baris", page.Find("[data-count]").TextContent);
    }

    [Fact]
    public void List_WithNothing_SaysThatItIsEmpty()
    {
        var page = RenderList(0);

        Assert.Equal("empty", State(page));
        Assert.Contains("Belum ada isinya", page.Find("[data-state]").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("table"));
    }

    [Fact]
    public void List_WhenTheFiltersLeaveNothing_SaysSoAndClearsThem()
    {
        var page = RenderList(3, "demo-list?q=zzz&tab=2");
        Assert.Equal("no-match", State(page));

        page.Find("[data-clear]").Click();

        Assert.Equal(Orders(3, 1), Keys(page));
        Assert.Equal("/demo-list?tab=2", Address);
    }

    [Fact]
    public void List_ThatCannotBeRead_SaysSoAndTriesAgain()
    {
        Shelf.Failure = new TimeoutException("The database is away.");
        var page = RenderList(3);
        Assert.Equal("failed", State(page));
        Assert.DoesNotContain("database is away", page.Markup, StringComparison.Ordinal);

        Shelf.Failure = null;
        page.Find("[data-state] button").Click();

        Assert.Equal(Orders(3, 1), Keys(page));
    }

    [Fact]
    public void List_ForWhoMayNotSeeIt_SaysSoAndReadsNothing()
    {
        Reader.SetRoles(Roles.Viewer);

        var page = RenderList(3, more: parameters => parameters.Add(list => list.Permission, Permissions.UsersManage));

        Assert.Equal("denied", State(page));
        Assert.Equal(0, Shelf.Reads);
    }

    [Fact]
    public void List_WhoseSourceRefuses_SaysThatOneMayNot()
    {
        Shelf.Failure = new UnauthorizedAccessException();

        var page = RenderList(3);

        Assert.Equal("denied", State(page));
    }

    [Fact]
    public void List_InItsFourStates_UsesFourTextsAndThePagesOwn()
    {
        var words = new ListWords { EmptyTitle = "Semua terkirim", EmptyText = "Tidak ada yang gagal." };
        var empty = RenderList(0, more: parameters => parameters.Add(list => list.Words, words)).Find("[data-state]").TextContent.Squeeze();
        var noMatch = RenderList(1, "demo-list?q=zzz").Find("[data-state]").TextContent.Squeeze();
        Shelf.Failure = new TimeoutException();
        var failed = OpenList("demo-list?sort=amount").Find("[data-state]").TextContent.Squeeze();
        Shelf.Failure = new UnauthorizedAccessException();
        var denied = OpenList("demo-list?sort=-amount").Find("[data-state]").TextContent.Squeeze();

        Assert.Equal("Semua terkirim Tidak ada yang gagal.", empty);
        Assert.Equal(4, new[] { empty, noMatch, failed, denied }.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Paging_ThereAndBack_KeepsTheWayInTheAddress()
    {
        var page = RenderList(25);
        Assert.Equal(Orders(25, 16), Keys(page));
        Assert.Empty(page.FindAll("[rel=prev]"));

        Follow(page, "[rel=next]");
        Follow(page, "[rel=next]");

        Assert.Equal(Orders(5, 1), Keys(page));
        Assert.Empty(page.FindAll("[rel=next]"));
        Assert.Equal("Halaman 3", page.Find(".pager-page").TextContent);
        var again = OpenList(Address.TrimStart('/'));
        Assert.Equal(Orders(5, 1), Keys(again));

        Follow(again, "[rel=prev]");

        Assert.Equal(Orders(15, 6), Keys(again));
    }

    [Theory]
    [InlineData("demo-list?page=nonsense")]
    [InlineData("demo-list?page=~99")]
    [InlineData("demo-list?page=%00&sort=--at&status=nope&at-from=yesterday&item=")]
    public void Address_ThatMakesNoSense_ShowsTheFirstPage(string address)
    {
        var page = RenderList(25, address);

        Assert.Equal(Orders(25, 16), Keys(page));
        Assert.True(Shelf.LastQuery!.IsWhole);
    }

    [Fact]
    public void Page_FromWhichAllHaveGone_LeadsBackToTheFirst()
    {
        var page = RenderList(12);
        Follow(page, "[rel=next]");
        Shelf.Change(rows => rows.RemoveAll(row => row.Id <= 2));
        Write();
        Until(page, () => Assert.Equal("past-end", State(page)));

        Follow(page, "[data-state] a");

        Assert.Equal(Orders(12, 3), Keys(page));
    }

    [Fact]
    public void Search_AfterAPause_IsInTheAddressWithoutAStepBack()
    {
        var page = RenderList(25);

        page.Find("#demo-q").Input("INV-000");
        Assert.Equal("/demo-list", Address);
        Time.Advance(ListFilters.Pause);

        page.WaitForAssertion(() => Assert.Equal(Orders(9, 1), Keys(page)));
        Assert.Equal("/demo-list?q=INV-000", Address);
        Assert.True(((Bunit.TestDoubles.BunitNavigationManager)Navigation).History.First().Options.ReplaceHistoryEntry);
    }

    [Fact]
    public void Search_ByEnter_DoesNotWait()
    {
        var page = RenderList(25);

        page.Find("#demo-q").Input("INV-0007");
        page.Find("#demo-q").KeyDown(Key.Enter);

        Assert.Equal(["INV-0007"], Keys(page));
    }

    [Fact]
    public void Filters_OfOnePage_BeginAtTheFirst()
    {
        var page = RenderList(60);
        Follow(page, "[rel=next]");

        page.Find("#demo-status").Change("paid");

        Assert.Equal("/demo-list?status=paid", Address);
        Assert.All(page.FindAll("tbody .state"), chip => Assert.Equal("paid", chip.GetAttribute("data-code")));
        Assert.Equal(4, Keys(page).Count);
    }

    [Fact]
    public void Days_AreThoseOfWib()
    {
        RenderList(3, "demo-list?at-from=2026-11-22&at-to=2026-11-23");

        Assert.Equal(new DateTimeOffset(2026, 11, 21, 17, 0, 0, TimeSpan.Zero), Shelf.LastQuery!.From("at"));
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 17, 0, 0, TimeSpan.Zero), Shelf.LastQuery.Before("at"));
    }

    [Fact]
    public void Sorting_ByAHeader_TurnsAndIsSaid()
    {
        var page = RenderList(25);
        Assert.Equal("descending", page.Find("th:has([data-sort=at])").GetAttribute("aria-sort"));

        page.Find("[data-sort=amount]").Click();
        Assert.Equal("/demo-list?sort=amount", Address);
        Assert.Equal("ascending", page.Find("th:has([data-sort=amount])").GetAttribute("aria-sort"));
        Assert.Null(page.Find("th:has([data-sort=at])").GetAttribute("aria-sort"));
        var cheapest = Keys(page)[0];

        page.Find("[data-sort=amount]").Click();

        Assert.Equal("/demo-list?sort=-amount", Address);
        Assert.NotEqual(cheapest, Keys(page)[0]);
    }

    [Fact]
    public void Details_OfARow_HaveAnAddressAndCloseByEscape()
    {
        var page = RenderList(25, "demo-list?q=INV");

        Follow(page, "tr[data-key=INV-0020] [data-row-link]");

        Assert.Equal("INV-0020", page.Find(".detail-pane h2").TextContent);
        Assert.Equal("/demo-list?q=INV&item=INV-0020", Address);
        Assert.Equal("true", page.Find("tr[data-key=INV-0020] [data-row-link]").GetAttribute("aria-current"));

        page.Find(".detail-pane").KeyDown(Key.Escape);

        Assert.Empty(page.FindAll(".detail-pane"));
        Assert.Equal("/demo-list?q=INV", Address);
    }

    [Fact]
    public void Details_OfARowOnAnotherPage_OpenByTheirAddress()
    {
        var page = RenderList(25, "demo-list?item=INV-0001");

        Assert.Equal(Orders(25, 16), Keys(page));
        Assert.Equal("INV-0001", page.Find(".detail-pane h2").TextContent);
    }

    [Fact]
    public void Rows_Always_AreFiftyAtTheMost()
    {
        var page = RenderList(120, size: 500);

        Assert.Equal(50, Keys(page).Count);
        Assert.NotEmpty(page.FindAll("[rel=next]"));
    }

    [Fact]
    public void Cells_OnAPhone_CarryTheirColumnsTitle()
    {
        var page = RenderList(1);

        Assert.Equal(["Pesanan", "Pelanggan", "Status", "Jumlah", "Waktu", "Kesalahan terakhir"], page.FindAll("tbody td[data-label]").Select(cell => cell.GetAttribute("data-label")));
    }

    [Fact]
    public void Foreign_TextInACell_IsNeverMarkup()
    {
        Shelf.Change(_ => [DemoShelf.Make(1) with { Name = "<img src=x onerror=alert(1)>\u202Egnp", Error = null }]);

        var page = OpenList();

        Assert.Empty(page.FindAll("tbody img"));
        Assert.Equal("<img src=x onerror=alert(1)>gnp", page.Find("tbody bdi").TextContent);
    }

    [Fact]
    public void List_InEnglish_SpeaksEnglish()
    {
        Speak("en");

        var page = RenderList(0);

        Assert.Contains("Nothing here yet", page.Find("[data-state]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_AfterLeaving_NoLongerListens()
    {
        RenderList(3);
        Assert.Equal(1, Ticker.SubscriberCount);

        await DisposeComponentsAsync();

        Assert.Equal(0, Ticker.SubscriberCount);
        Navigation.NavigateTo("demo-list?q=INV"); // Nobody hears it.
    }

    [Fact]
    public void List_WhilePrerendered_ReadsOnceAndDoesNotListen()
    {
        SetRendererInfo(new RendererInfo("Static", isInteractive: false));

        RenderList(3);

        Assert.Equal(0, Ticker.SubscriberCount);
        Assert.Equal(1, Shelf.Reads);
    }
}
