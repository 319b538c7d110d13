using AngleSharp.Dom;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Shell;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;
using BuatFilm.Tests.Live;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace BuatFilm.Tests.Shell;

public sealed class OverviewPageTests : ShellContext
{
    [Fact]
    public void Page_BeforeTheFirstCheck_ClaimsNothing()
    {
        var page = Render<OverviewPage>();

        Assert.Contains("Menunggu pemeriksaan pertama", Level(page), StringComparison.Ordinal);
        Assert.All(page.FindAll(".state-chip"), chip => Assert.Contains("Belum diketahui", chip.TextContent, StringComparison.Ordinal));
        Assert.Equal("–", page.Find("[data-figure=pending] dd").TextContent);
    }

    [Fact]
    public void Page_WhenAllIsWell_SaysNormal()
    {
        MakeHealthy();

        var page = Render<OverviewPage>();

        Assert.Contains("Normal", Level(page), StringComparison.Ordinal);
        Assert.Equal(4, page.FindAll(".state-chip").Count(chip => chip.TextContent.Contains("Terhubung (tertutup)", StringComparison.Ordinal)));
        Assert.Empty(page.FindAll(".level-causes"));
    }

    [Fact]
    public void Page_WhenMidtransOpens_ShowsItLiveAndCountsDown()
    {
        MakeHealthy();
        var page = Render<OverviewPage>();

        Board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Midtrans, BreakerState.Open, Boards.Noon, Boards.Noon.AddSeconds(60)));

        page.WaitForAssertion(() => Assert.Contains("Terputus (terbuka)", Card(page, "Midtrans"), StringComparison.Ordinal));
        Assert.Contains("Terganggu", Level(page), StringComparison.Ordinal);
        Assert.Contains("Pesanan tetap diterima", page.Find(".level-causes").TextContent, StringComparison.Ordinal);
        Assert.Contains("dalam 1 mnt", Card(page, "Midtrans"), StringComparison.Ordinal);

        Time.Advance(TimeSpan.FromSeconds(18));
        page.WaitForAssertion(() => Assert.Contains("dalam 42 dtk", Card(page, "Midtrans"), StringComparison.Ordinal));

        Time.Advance(TimeSpan.FromSeconds(42));
        page.WaitForAssertion(() => Assert.Contains("siap, pada panggilan berikutnya", Card(page, "Midtrans"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(BreakerState.HalfOpen, "Mencoba lagi (setengah terbuka)")]
    [InlineData(BreakerState.Isolated, "Diputus operator (terisolasi)")]
    public void Page_WhenABreakerIsNeitherOpenNorClosed_NamesTheState(BreakerState state, string words)
    {
        MakeHealthy();
        Publish(snapshot => snapshot.WithBreaker(ExternalService.WhatsApp, state, Boards.Noon, null));

        var page = Render<OverviewPage>();

        Assert.Contains(words, Card(page, "WhatsApp"), StringComparison.Ordinal);
        Assert.DoesNotContain("Coba lagi", Card(page, "WhatsApp"), StringComparison.Ordinal);
    }

    [Fact]
    public void Page_WhenTheDatabaseIsDown_SpeaksOfTheDatabaseNotOfNumbers()
    {
        MakeHealthy();
        Publish(snapshot => snapshot.WithProbe(ExternalService.Database, ServiceHealth.Unhealthy, Boards.Noon));

        var page = Render<OverviewPage>();

        Assert.Contains("Darurat", Level(page), StringComparison.Ordinal);
        Assert.Contains("Basis data tidak terjangkau", Level(page), StringComparison.Ordinal);
        Assert.Contains("Tidak menjawab (pemeriksaan gagal)", Card(page, "Database"), StringComparison.Ordinal);
    }

    [Fact]
    public void Page_WithFigures_WritesThemTheIndonesianWay()
    {
        Publish(snapshot => snapshot with { Outbox = new OutboxFigures(1_250, TimeSpan.FromSeconds(134), OutboxFigures.CountedUpTo, Time.GetUtcNow()) });

        var page = Render<OverviewPage>();

        Assert.Equal("1.250", page.Find("[data-figure=pending] dd").TextContent);
        Assert.Equal("2 mnt 14 dtk", page.Find("[data-figure=oldest] dd").TextContent);
        Assert.Equal("10.000+", page.Find("[data-figure=dead] dd").TextContent);
        Assert.Contains("tone-bad", page.Find("[data-figure=dead]").ClassName, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_WithFiguresNobodyRenews_SaysHowOldTheyAre()
    {
        Publish(snapshot => snapshot with { Outbox = new OutboxFigures(1, TimeSpan.Zero, 0, Boards.Noon) });
        Time.Advance(TimeSpan.FromSeconds(16));

        var page = Render<OverviewPage>();

        Assert.Contains("per 14.02.05 WIB", page.Find(".stale").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_InEnglish_KeepsItsLanguageWhenNewsComesFromElsewhere()
    {
        Speak("en");
        MakeHealthy();
        var page = Render<OverviewPage>();
        Assert.Contains("External services", page.Markup, StringComparison.Ordinal);

        // The publisher's thread speaks Indonesian.
        Speak("id");
        Board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Smtp, BreakerState.Open, Boards.Noon, null) with
        {
            Outbox = new OutboxFigures(1_250, default, 0, Boards.Noon),
        });

        page.WaitForAssertion(() => Assert.Contains("Cut off (open)", Card(page, "Smtp"), StringComparison.Ordinal));
        Assert.Equal("1,250", page.Find("[data-figure=pending] dd").TextContent);
    }

    [Fact]
    public async Task Page_AfterLeaving_NoLongerListens()
    {
        Render<OverviewPage>();
        Assert.Equal(1, Board.SubscriberCount); // It did listen; else the end would prove nothing.

        await DisposeComponentsAsync();

        Assert.Equal(0, Board.SubscriberCount);
    }

    [Fact]
    public void Page_WhilePrerendered_DoesNotListen()
    {
        SetRendererInfo(new RendererInfo("Static", isInteractive: false));

        Render<OverviewPage>();

        Assert.Equal(0, Board.SubscriberCount);
    }

    private static string Level(IRenderedComponent<OverviewPage> page) => page.Find(".level").TextContent;

    private static string Card(IRenderedComponent<OverviewPage> page, string service) => page.Find($"[data-service={service}]").Text();

    private void MakeHealthy() => Publish(snapshot => Enum.GetValues<ExternalService>()
        .Aggregate(snapshot, (all, service) => all.WithProbe(service, ServiceHealth.Healthy, Boards.Noon)));
}
