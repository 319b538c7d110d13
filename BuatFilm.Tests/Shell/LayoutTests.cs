using BuatFilm.Admin.Live;
using BuatFilm.Admin.Shell;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;
using BuatFilm.Tests.Live;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace BuatFilm.Tests.Shell;

public sealed class LayoutTests : ShellContext
{
    [Fact]
    public void Layout_Always_HasLandmarksAndASkipLink()
    {
        var layout = RenderLayout();

        Assert.Single(layout.FindAll("main#main"));
        Assert.Single(layout.FindAll("header"));
        Assert.Equal(2, layout.FindAll("nav[aria-label]").Count);
        Assert.EndsWith("#main", layout.Find(".skip-link").GetAttribute("href"), StringComparison.Ordinal);
        Assert.All(layout.FindAll("button"), button => Assert.False(string.IsNullOrWhiteSpace(button.GetAttribute("aria-label")), button.OuterHtml));
    }

    [Fact]
    public void Layout_WhenTheDatabaseFalls_RaisesTheBannerAndLowersItAgain()
    {
        var layout = RenderLayout();
        Assert.Empty(layout.FindAll(".level-banner"));

        Board.Publish(snapshot => snapshot.WithProbe(ExternalService.Database, ServiceHealth.Unhealthy, Boards.Noon));
        layout.WaitForAssertion(() => Assert.Contains("Darurat karena Basis data", layout.Find(".level-banner p").TextContent.Squeeze(), StringComparison.Ordinal));

        layout.WaitForState(() =>
        {
            Board.Publish(snapshot => snapshot.WithProbe(ExternalService.Database, ServiceHealth.Healthy, Boards.Noon));
            Time.Advance(StatusBoard.Interval);
            return layout.FindAll(".level-banner").Count == 0;
        });
    }

    [Fact]
    public void Layout_WhenAServiceFails_AnnouncesItPolitely()
    {
        var layout = RenderLayout();
        Assert.Equal("", layout.Find("[aria-live=polite]").TextContent);

        Board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Smtp, BreakerState.Open, Boards.Noon, null));

        layout.WaitForAssertion(() => Assert.Equal("Tingkat sekarang: Terganggu. Email: Terputus.", layout.Find("[aria-live=polite]").TextContent));
    }

    [Fact]
    public void Layout_WhenOnlyFiguresChange_AnnouncesNothing()
    {
        var layout = RenderLayout();

        Time.Advance(TimeSpan.FromSeconds(1));
        Board.Publish(snapshot => snapshot with { Outbox = new OutboxFigures(5, default, 0, Boards.Noon) });

        layout.WaitForAssertion(() => Assert.Equal("14.02.06 WIB", layout.Find(".data-stamp-time").TextContent));
        Assert.Equal("", layout.Find("[aria-live=polite]").TextContent);
    }

    [Fact]
    public void Menu_WithAFeaturesEntry_ShowsItInItsOrder()
    {
        var layout = RenderLayout();

        Assert.Equal(["/", "/dead-letters", "/jobs", "/docs"], layout.FindAll(".menu a").Select(link => link.GetAttribute("href")));
    }

    [Fact]
    public async Task Layout_AfterLeaving_NoLongerListens()
    {
        RenderLayout();
        Assert.Equal(3, Board.SubscriberCount);

        await DisposeComponentsAsync();

        Assert.Equal(0, Board.SubscriberCount);
    }

    private IRenderedComponent<MainLayout> RenderLayout() =>
        Render<MainLayout>(parameters => parameters.Add(layout => layout.Body, (RenderFragment)(builder => builder.AddMarkupContent(0, "<h1>…</h1>"))));
}
