using BuatFilm.Admin.Components;
using BuatFilm.Core.Orders;
using BuatFilm.Tests.Live;
using BuatFilm.Tests.Shell;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Components;

/// <summary>The small components.</summary>
public sealed class PartsTests : ShellContext
{
    [Fact]
    public void Timestamp_OfToday_IsTheClockWithTheRestBehindIt()
    {
        var time = Render<Timestamp>(parameters => parameters.Add(stamp => stamp.At, Boards.Noon.AddSeconds(-125)).Add(stamp => stamp.IsRelativeShown, true)).Find("time");

        Assert.Equal("14.00.00 WIB", time.TextContent);
        Assert.Equal("2026-11-23T07:00:00Z", time.GetAttribute("datetime"));
        Assert.Equal("Senin, 23 November 2026, 14.00.00 WIB · 2 mnt 5 dtk lalu", time.GetAttribute("title"));
    }

    [Fact]
    public void Timestamp_OfNothing_IsADash()
    {
        Assert.Equal("–", Render<Timestamp>(parameters => parameters.Add(stamp => stamp.At, null)).Find("span").TextContent);
    }

    [Fact]
    public void Money_Always_IsWrittenTheIndonesianWay()
    {
        Speak("en");

        Assert.Equal("Rp1.250.000", Render<Money>(parameters => parameters.Add(money => money.Amount, new Rupiah(1_250_000))).Find(".money").TextContent);
    }

    [Theory]
    [InlineData("id", "Gagal permanen (DLQ)")]
    [InlineData("en", "Failed for good (DLQ)")]
    public void Chip_OfADeadLetter_SaysTheEverydayWordFirst(string culture, string words)
    {
        Speak(culture);
        var word = Services.GetRequiredService<Words>().OfMessage("DLQ");

        var chip = Render<StateChip>(parameters => parameters.Add(state => state.Word, word)).Find(".state");

        Assert.Equal(words, chip.TextContent);
        Assert.Equal(words, word.ToString());
        Assert.Contains("tone-bad", chip.ClassName, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_OfAStatusThatTheViewDoesNotHave_AreNone()
    {
        Assert.Throws<FormatException>(() => Services.GetRequiredService<Words>().OfMessage("4"));
        Assert.Throws<FormatException>(() => Services.GetRequiredService<Words>().OfMessage("SHREDDED"));
    }

    [Fact]
    public void Masked_Text_IsNotOnThePageUntilItIsRevealed()
    {
        var asked = false;
        var masked = Render<MaskedText>(parameters => parameters
            .Add(text => text.Text, "budi@contoh.id").Add(text => text.Label, "alamat email").Add(text => text.RevealAsked, () => asked = true));
        Assert.DoesNotContain("budi@", masked.Markup, StringComparison.Ordinal);
        Assert.Contains("alamat email disembunyikan", masked.Markup, StringComparison.Ordinal);

        masked.Find("button").Click();
        Assert.True(asked);
        masked.Render(parameters => parameters.Add(text => text.IsRevealed, true));

        Assert.Contains("budi@contoh.id", masked.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Receipt_OfWork_CountsAndSaysEachQuarter()
    {
        var said = new List<string>();
        Services.GetRequiredService<Announcements>().Said += said.Add;
        var receipt = Render<OperationReceipt>(parameters => parameters.Add(work => work.Label, "Coba lagi").Add(work => work.Total, 128));
        Assert.Empty(said);

        Advance(receipt, done: 20, skipped: 0);
        Assert.Empty(said);
        Advance(receipt, done: 30, skipped: 4);
        Advance(receipt, done: 31, skipped: 4);
        Advance(receipt, done: 117, skipped: 11);

        Assert.Equal(["34 dari 128 sudah diproses (26,6%).", "Selesai: 117 berhasil, 11 dilewati."], said);
        Assert.Equal("128", receipt.Find("[role=progressbar]").GetAttribute("aria-valuenow"));
        Assert.Equal("0", receipt.Find("[data-left]").TextContent);
        Assert.Contains("91.41%", receipt.Find(".receipt-done").GetAttribute("style"), StringComparison.Ordinal);
    }

    [Fact]
    public void Receipt_OfNothing_IsFinished()
    {
        var receipt = Render<OperationReceipt>(parameters => parameters.Add(work => work.Label, "Coba lagi"));

        Assert.Equal("Selesai: 0 berhasil, 0 dilewati.", receipt.Find(".receipt-words").TextContent);
    }

    [Fact]
    public void Breadcrumbs_OfAPage_LeadUp()
    {
        var crumbs = Render<Breadcrumbs>(parameters => parameters.Add(path => path.Parents, [("Pesanan", "/orders")]).Add(path => path.Current, "INV-1"));

        Assert.Equal("/orders", crumbs.Find("a").GetAttribute("href"));
        Assert.Equal("INV-1", crumbs.Find("[aria-current=page]").TextContent);
    }

    [Fact]
    public void LiveData_WhenSomebodyWrites_IsReadAgainAndDrawnOnlyWhenItDiffers()
    {
        Stock.Left = "5";
        var stock = Render<Stock>();
        Assert.Equal("5", stock.Markup);

        Stock.Left = "4";
        Write();
        Until(stock, () => Assert.Equal("4", stock.Markup));
        var renders = stock.RenderCount;
        Write();
        var reads = Stock.Reads;
        Until(stock, () => Assert.True(Stock.Reads > reads));
        Assert.Equal(renders, stock.RenderCount);

        Stock.Left = null;
        Write();
        Until(stock, () => Assert.Equal("gagal", stock.Markup));
    }

    private static void Advance(IRenderedComponent<OperationReceipt> receipt, long done, long skipped) =>
        receipt.Render(parameters => parameters.Add(work => work.Done, done).Add(work => work.Skipped, skipped));

    private sealed class Stock : LiveDataComponent<string>
    {
        public static string? Left { get; set; }

        public static int Reads { get; private set; }

        protected override Task<string?> ReadAsync(CancellationToken cancellationToken)
        {
            Reads++;
            return Left is null ? throw new TimeoutException() : Task.FromResult<string?>(Left);
        }

        protected override void BuildRenderTree(Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder builder) =>
            builder.AddContent(0, HasFailed ? "gagal" : Data);
    }
}
