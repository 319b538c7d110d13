using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Shell;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Tests.Live;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Shell;

public sealed class MenuBadgeTests : ShellContext
{
    [Fact]
    public void Badges_OfTheBoard_CountWhatWaits()
    {
        var status = Board.Current
            .WithBreaker(ExternalService.Smtp, BreakerState.Open, Boards.Noon, null)
            .WithBreaker(ExternalService.WhatsApp, BreakerState.HalfOpen, Boards.Noon, null) with
        { Outbox = new OutboxFigures(5, default, 3, Boards.Noon), WaitingAlerts = 4 };

        Assert.Equal(2, MenuEntries.Badges.Single(badge => badge.Href == "/breakers").Of(status));
        Assert.Equal(3, MenuEntries.Badges.Single(badge => badge.Href == "/dead-letters").Of(status));
        Assert.Equal(4, MenuEntries.Badges.Single(badge => badge.Href == "/alerts").Of(status));
        Assert.Null(MenuEntries.Badges.Single(badge => badge.Href == "/alerts").Of(StatusSnapshot.Empty));
        Assert.Null(MenuEntries.Badges.Single(badge => badge.Href == "/dead-letters").Of(StatusSnapshot.Empty));
    }

    [Fact]
    public void Badge_OfALink_IsSaidInWords()
    {
        var menu = Render<Menu>();
        Assert.Empty(menu.FindAll(".badge"));

        Publish(snapshot => snapshot.WithBreaker(ExternalService.Smtp, BreakerState.Open, Boards.Noon, null));

        menu.WaitForAssertion(() => Assert.Equal("1", menu.Find("a[href='/contributed'] .badge [aria-hidden]").TextContent));
        Assert.Equal("1 terputus", menu.Find("a[href='/contributed'] .badge .visually-hidden").TextContent);
    }

    [Fact]
    public void Badges_Always_BelongToALink()
    {
        Assert.Subset(
            Services.GetServices<MenuEntry>().Select(entry => entry.Href).ToHashSet(StringComparer.Ordinal),
            Services.GetServices<MenuBadge>().Select(badge => badge.Href).ToHashSet(StringComparer.Ordinal));
    }
}
