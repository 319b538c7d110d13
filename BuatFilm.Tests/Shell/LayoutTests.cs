using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Shell;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;
using BuatFilm.Tests.Live;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

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
        Assert.All(layout.FindAll("button"), button => Assert.False(string.IsNullOrWhiteSpace(button.GetAttribute("aria-label") ?? button.TextContent), button.OuterHtml));
    }

    [Fact]
    public void Layout_WhenTheDatabaseFalls_RaisesTheBannerAndLowersItAgain()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("glossary");
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
    public void Banner_WhileAServiceIsDown_SaysSinceWhenAndWhatIsAffectedAndLeadsOn()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("glossary");
        Publish(snapshot => snapshot.WithBreaker(ExternalService.Midtrans, BreakerState.Open, Boards.Noon, null));

        var layout = RenderLayout();

        var banner = layout.Find(".level-banner p").TextContent.Squeeze();
        Assert.StartsWith("Terganggu karena Midtrans sejak 14.02.05 WIB", banner, StringComparison.Ordinal);
        Assert.Contains("Terdampak: terima pembayaran.", banner, StringComparison.Ordinal);
        Assert.Equal("/degradation", layout.Find(".level-banner a").GetAttribute("href"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("degradation?level=severe")]
    public void Banner_WhereThePageBeginsWithTheLevel_IsNotShownTwice(string address)
    {
        var navigation = Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("glossary");
        Publish(snapshot => snapshot.WithBreaker(ExternalService.Midtrans, BreakerState.Open, Boards.Noon, null));
        var layout = RenderLayout();
        Assert.Single(layout.FindAll(".level-banner"));

        navigation.NavigateTo(address);

        layout.WaitForAssertion(() => Assert.Empty(layout.FindAll(".level-banner")));
    }

    [Fact]
    public void Banner_ForWhoMayNotSeeWhy_LeadsNowhere()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("glossary");
        Reader.SetRoles(Roles.Storefront);
        Publish(snapshot => snapshot.WithBreaker(ExternalService.Midtrans, BreakerState.Open, Boards.Noon, null));

        Assert.Empty(RenderLayout().FindAll(".level-banner a"));
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
    public void Layout_WhenAPageHasSomethingToSay_SaysItEvenTwice()
    {
        var layout = RenderLayout();
        var announcements = Services.GetRequiredService<Announcements>();

        announcements.Say("50 baris ditampilkan.");
        layout.WaitForAssertion(() => Assert.Equal("50 baris ditampilkan.", layout.Find("[aria-live=polite]").TextContent));
        announcements.Say("50 baris ditampilkan.");

        layout.WaitForAssertion(() => Assert.Equal("50 baris ditampilkan.\u00A0", layout.Find("[aria-live=polite]").TextContent));
    }

    [Fact]
    public void Stamp_WhileTheDatabaseAnswers_GoesOnAndIsNotAnnounced()
    {
        var layout = RenderLayout();
        Assert.Equal("14.02.05 WIB", layout.Find(".data-stamp-time").TextContent);
        Write();

        Until(layout, () =>
        {
            Board.Publish(snapshot => snapshot with { Outbox = new OutboxFigures(5, default, 0, Boards.Noon) });
            Assert.NotEqual("14.02.05 WIB", layout.Find(".data-stamp-time").TextContent);
        });
        Assert.Equal("", layout.Find("[aria-live=polite]").TextContent);
    }

    [Fact]
    public void Layout_WhenTheDatabaseFallsSilent_SaysSinceWhenAndThatItIsOver()
    {
        var layout = RenderLayout();
        Assert.Empty(layout.FindAll(".stale-banner"));

        DatabaseAnswers = false;
        Until(layout, () => Assert.StartsWith("Data di halaman ini sudah lama.", layout.Find(".stale-banner p").TextContent.Squeeze(), StringComparison.Ordinal));
        Assert.Contains("keadaan per 14.02.", layout.Find("[role=status] .stale-banner p").TextContent, StringComparison.Ordinal);
        Until(layout, () => Assert.True(layout.Find(".data-stamp").HasAttribute("data-stale")));

        DatabaseAnswers = true;

        Until(layout, () => Assert.Empty(layout.FindAll(".stale-banner")));
        layout.WaitForAssertion(() => Assert.Equal("Data di halaman ini sudah terbaru lagi.", layout.Find("[aria-live=polite]").TextContent));
    }

    [Fact]
    public void Menu_Always_LeadsOnlyWhereSomethingIs()
    {
        var routes = Services.GetRequiredService<PageRoutes>();

        var links = RenderLayout().FindAll(".menu a");

        Assert.All(links.Where(link => link.GetAttribute("target") is null), link => Assert.True(routes.Has(link.GetAttribute("href")!), link.OuterHtml));
        Assert.Equal("/", links[0].GetAttribute("href"));
        Assert.Equal("/contributed", links[1].GetAttribute("href"));
        Assert.Equal("/docs", links[^1].GetAttribute("href"));
        Assert.Contains("/jobs", links.Select(link => link.GetAttribute("href")));
    }

    [Fact]
    public void Menu_ForWhoMayLittle_HidesTheRest()
    {
        Reader.SetRoles(Roles.Storefront);

        var links = RenderLayout().FindAll(".menu a").Select(link => link.GetAttribute("href")).ToList();

        Assert.DoesNotContain("/jobs", links);
        Assert.Contains("/glossary", links);
    }

    [Fact]
    public void Layout_ForNobody_ShowsNothingOfTheShop()
    {
        Reader.SetNotAuthorized();

        var layout = RenderLayout();

        Assert.Empty(layout.FindAll(".menu, .bar, .level-banner, .data-stamp"));
        Assert.Single(layout.FindAll("main"));
    }

    [Fact]
    public void Menu_OnAPage_MarksIt()
    {
        var layout = RenderLayout();
        Assert.Equal("/", Current(layout));

        Services.GetRequiredService<NavigationManager>().NavigateTo("glossary?q=x#dlq");

        layout.WaitForAssertion(() => Assert.Equal("/glossary", Current(layout)));
    }

    [Fact]
    public void Entries_OfPages_HaveTheRightOfTheirPage()
    {
        // Every page of the contract that one can go to without knowing an id.
        string[] contract =
        [
            "/", "/alerts", "/api-keys", "/audit", "/breakers", "/dead-letters", "/degradation", "/game-day", "/glossary", "/idempotency", "/jobs",
            "/operations", "/orders", "/outbox", "/payment-events", "/recurring-jobs", "/users",
        ];

        Assert.Equal(contract, MenuEntries.All.Select(entry => entry.Href).Where(href => href != "/docs").Order(StringComparer.Ordinal));
        Assert.All(MenuEntries.All, entry => Assert.True(entry.Permission is null ? entry.Href is "/" or "/glossary" or "/docs" : Permissions.All.Contains(entry.Permission), entry.Href));
    }

    [Fact]
    public void UserMenu_OfSomebody_NamesThemAndTheirRole()
    {
        var layout = RenderLayout();

        Assert.Equal("Rina", layout.Find(".user-who b").TextContent);
        Assert.Equal("Admin", layout.Find(".user-who span").TextContent);
        Assert.Equal(UserMenu.SignOutPath, layout.Find(".user-menu form[method=post]").GetAttribute("action"));
        Assert.Equal(["system", "light", "dark"], layout.FindAll("[data-theme-choice]").Select(choice => choice.GetAttribute("data-theme-choice")));
        Assert.Equal("id", layout.Find(".user-menu nav a[aria-current]").GetAttribute("lang"));
    }

    [Fact]
    public void UserMenu_OfNobody_OffersNoWayOut()
    {
        Reader.SetNotAuthorized();

        Assert.Empty(RenderLayout().FindAll(".user-menu form"));
    }

    [Fact]
    public async Task Layout_AfterLeaving_NoLongerListens()
    {
        RenderLayout();
        Assert.Equal(4, Board.SubscriberCount);
        Assert.Equal(2, Ticker.SubscriberCount);

        await DisposeComponentsAsync();

        Assert.Equal(0, Board.SubscriberCount);
        Assert.Equal(0, Ticker.SubscriberCount);
    }

    private static string? Current(IRenderedComponent<MainLayout> layout) => layout.FindAll(".menu [aria-current=page]").Single().GetAttribute("href");

    private IRenderedComponent<MainLayout> RenderLayout() =>
        Render<MainLayout>(parameters => parameters.Add(layout => layout.Body, (RenderFragment)(builder => builder.AddMarkupContent(0, "<h1>…</h1>"))));
}
