using System.Text;
using BuatFilm.Admin.Components;
using BuatFilm.Core.Orders;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.JSInterop;

namespace BuatFilm.Tests.Components;

/// <summary>How a list follows what others write, and what it hands out.</summary>
public sealed class PagedListLiveTests : ListContext
{
    [Fact]
    public void News_WhileNobodyReads_ComesIn()
    {
        var page = RenderList(25);

        Shelf.Add(26);
        Write();

        Until(page, () => Assert.Equal(Orders(26, 17), Keys(page)));
        Assert.Empty(page.FindAll("[data-news]"));
    }

    [Fact]
    public void News_AboutARow_ChangesItInPlace()
    {
        var page = RenderList(25);

        Shelf.Change(rows => [.. rows.Select(row => row.Id == 20 ? row with { Amount = new Rupiah(1_250_000) } : row)]);
        Write();

        Until(page, () => Assert.Equal("Rp1.250.000", Row(page, "INV-0020").QuerySelector(".money")!.TextContent));
        Assert.Equal(Orders(25, 16), Keys(page));
    }

    [Fact]
    public void News_WhileSomethingIsSelected_WaitsAndMovesNothing()
    {
        var page = RenderList(25);
        Row(page, "INV-0024").QuerySelector("input")!.Click();

        Shelf.Change(rows => rows.RemoveAll(row => row.Id == 22).AddRange([DemoShelf.Make(26), DemoShelf.Make(27), DemoShelf.Make(28)]));
        Shelf.Change(rows => [.. rows.Select(row => row.Id == 16 ? row with { Error = "baru" } : row)]);
        Write();

        Until(page, () => Assert.Equal("3 baru, 1 sudah berpindah – tampilkan", page.Find("[data-news]").TextContent));
        Assert.Equal(Orders(25, 16), Keys(page));
        Assert.Contains("row-gone", Row(page, "INV-0022").ClassName, StringComparison.Ordinal);
        Assert.Contains("sudah berpindah", Row(page, "INV-0022").TextContent, StringComparison.Ordinal);

        // The last rows are pushed off the page that a fresh reader sees; here they stay, and stay current.
        Until(page, () => Assert.Contains("baru", Row(page, "INV-0016").TextContent, StringComparison.Ordinal));

        page.Find("[data-news]").Click();

        Assert.Equal([.. Orders(28, 23), .. Orders(21, 18)], Keys(page));
        Assert.Equal("1 baris dipilih", page.Find("[data-selected]").TextContent);
        Assert.Empty(page.FindAll("[data-news]"));
    }

    [Fact]
    public void News_WhileDetailsAreOpen_Waits()
    {
        var page = RenderList(25, "demo-list?item=INV-0024");

        Shelf.Add(26);
        Write();

        Until(page, () => Assert.Equal("1 baru – tampilkan", page.Find("[data-news]").TextContent));
        Assert.Equal(Orders(25, 16), Keys(page));
    }

    [Fact]
    public void News_WhileSomebodyHasScrolled_Waits()
    {
        JSInterop.Setup<bool>("buatfilm.isReading", _ => true).SetResult(true);
        var said = new List<string>();
        Services.GetRequiredService<Announcements>().Said += said.Add;
        var page = RenderList(25);

        Shelf.Add(26);
        Write();
        Until(page, () => Assert.Equal("1 baru – tampilkan", page.Find("[data-news]").TextContent));
        Shelf.Add(27);
        Write();
        Until(page, () => Assert.Equal("2 baru – tampilkan", page.Find("[data-news]").TextContent));

        Assert.Equal(Orders(25, 16), Keys(page));
        Assert.Equal(["1 baru – tampilkan"], said); // Once, not with every number.
    }

    [Fact]
    public async Task News_WhilePaused_WaitsUntilTheListGoesOn()
    {
        var page = RenderList(25);
        page.Find("[data-pause]").Click();
        Assert.Equal("true", page.Find("[data-pause]").GetAttribute("aria-pressed"));
        Shelf.Add(26);
        Write();
        await PassAsync(TimeSpan.FromSeconds(3));
        Assert.Equal(Orders(25, 16), Keys(page));

        page.Find("[data-pause]").Click();

        Until(page, () => Assert.Equal(Orders(26, 17), Keys(page)));
    }

    [Fact]
    public async Task Nothing_WhenNobodyWrites_IsRead()
    {
        var page = RenderList(25);
        Write();
        Until(page, () => Assert.Equal(2, Shelf.Reads)); // The first poll always counts as a change.

        await PassAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(2, Shelf.Reads);
    }

    [Fact]
    public void Failure_OfALaterRead_KeepsTheRowsAndSaysHowOldTheyAre()
    {
        var page = RenderList(25);
        Shelf.Failure = new TimeoutException();
        Write();
        Until(page, () => Assert.StartsWith("Belum bisa diperbarui. Data per 14.02.", page.Find(".list-old").TextContent.Trim(), StringComparison.Ordinal));
        Assert.Equal(Orders(25, 16), Keys(page));
        Assert.Null(State(page));

        Shelf.Failure = null;
        Shelf.Add(26);
        page.Find(".list-old button").Click();

        Assert.Equal(Orders(26, 17), Keys(page));
        Assert.Empty(page.FindAll(".list-old"));
    }

    [Fact]
    public void Failure_OfAnotherQuestion_DoesNotShowTheOldAnswer()
    {
        var page = RenderList(25);
        Shelf.Failure = new TimeoutException();

        Navigation.NavigateTo("demo-list?q=INV-0001");

        Assert.Equal("failed", State(page));
    }

    [Fact]
    public void Change_ThatManyLookAt_IsReadOnce()
    {
        var pages = Enumerable.Range(0, 5).Select(_ => OpenList()).ToList();
        Assert.Equal(1, Shelf.Reads);
        Shelf.Add(1);
        var before = Shelf.Reads;

        Write();
        foreach (var page in pages)
        {
            Until(page, () => Assert.Equal(["INV-0001"], Keys(page)));
        }

        Assert.InRange(Shelf.Reads - before, 1, 2);
    }

    [Fact]
    public void Csv_OfWhatMatches_HasEveryRowAndNoFormula()
    {
        string? name = null;
        string? text = null;
        JSInterop.SetupVoid(call =>
        {
            if (call.Identifier != "buatfilm.download")
            {
                return false;
            }

            name = (string?)call.Arguments[0];
            using var reader = new StreamReader(((DotNetStreamReference)call.Arguments[2]!).Stream, Encoding.Latin1, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
            text = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(reader.ReadToEnd()));
            return true;
        }).SetVoidResult();
        var page = RenderList(250, "demo-list?q=INV-0");
        Shelf.Change(rows => [.. rows.Select(row => row.Id == 3 ? row with { Name = "=HYPERLINK(\"x\")", Error = "a;b" } : row)]);

        page.Find("[data-csv]").Click();

        page.WaitForAssertion(() => Assert.NotNull(text));
        var lines = text!.Split("\r\n");
        Assert.Equal("demo-20261123-140205.csv", name);
        Assert.Equal("\uFEFFPesanan;Pelanggan;Status;Jumlah;Waktu;Kesalahan terakhir", lines[0]);
        Assert.Equal(252, lines.Length);
        Assert.StartsWith("INV-0003;\"'=HYPERLINK(\"\"x\"\")\";", lines[^4], StringComparison.Ordinal);
        Assert.EndsWith(";\"a;b\"", lines[^4], StringComparison.Ordinal);
        Assert.Matches(@"^INV-0250;[^;]+;[^;]+;\d+;2026-11-23 01:30:00;", lines[1]);
    }
}
