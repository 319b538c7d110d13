using BuatFilm.Admin.Features.Degradation;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Degradation;
using BuatFilm.Core.Health;
using BuatFilm.Tests.Live;
using BuatFilm.Tests.Shell;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Tests.Degradation;

public sealed class DegradationPageTests : FeaturePages
{
    [Fact]
    public void Page_BeforeTheFirstCheck_ClaimsNothing()
    {
        var page = Render<DegradationPage>();

        Assert.Contains("Menunggu pemeriksaan pertama", page.Find(".level").TextContent, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Contains("Belum ada perubahan tingkat", page.Find("[data-state=empty]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void Page_WhenMidtransFails_SaysLiveWhyWhatIsDelayedAndWhatToTell()
    {
        Publish(snapshot => snapshot.WithProbe(ExternalService.Midtrans, ServiceHealth.Healthy, Boards.Noon));
        var page = Render<DegradationPage>();
        Assert.Contains("Normal", page.Find(".level h2").TextContent, StringComparison.Ordinal);

        Publish(snapshot => snapshot.WithBreaker(ExternalService.Midtrans, BreakerState.Open, Boards.Noon, null));

        page.WaitForAssertion(() => Assert.Equal("Terganggu", page.Find(".level h2").TextContent));
        Assert.Contains("Midtrans Gagal berulang kali", page.Find(".level-causes").TextContent.Squeeze(), StringComparison.Ordinal);
        var payments = page.Find("[data-capability=TakePayments]").TextContent.Squeeze();
        Assert.Contains("Tertunda", payments, StringComparison.Ordinal);
        Assert.Contains("karena Midtrans", payments, StringComparison.Ordinal);
        Assert.Contains("Tidak perlu memesan ulang", payments, StringComparison.Ordinal);
        Assert.Contains("Berjalan", page.Find("[data-capability=AcceptOrders]").TextContent, StringComparison.Ordinal);
        Assert.Contains("sekarang", page.Find("[data-explained=Degraded]").TextContent, StringComparison.Ordinal);
        Assert.Single(page.FindAll("[data-outage]"));
    }

    [Fact]
    public void Page_WhenTheDatabaseFails_SaysSoWithoutIt()
    {
        TakeTheDatabaseAway();
        Publish(snapshot => snapshot.WithProbe(ExternalService.Database, ServiceHealth.Unhealthy, Boards.Noon));

        var page = Render<DegradationPage>();

        Assert.Equal("Darurat", page.Find(".level h2").TextContent);
        Assert.Contains("Basis data tidak terjangkau", page.Find(".level").TextContent, StringComparison.Ordinal);
        Assert.Equal(5, page.FindAll("[data-capability][data-state=Stopped]").Count);
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-state=failed]")), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Page_WithoutWhatsApp_SaysThatTheShopDoesWithout()
    {
        Publish(snapshot => snapshot with { NotConfigured = [ExternalService.WhatsApp] });

        var page = Render<DegradationPage>();

        Assert.Contains("Tidak dipakai", page.Find("[data-capability=SendWhatsapp]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_WithRows_TellsHowLongEachLevelLasted()
    {
        await AddAsync("normal", "degraded", "midtrans", "20 minutes");
        await AddAsync("degraded", "severe", "midtrans,smtp", "15 minutes");
        await AddAsync("severe", "normal", "", "5 minutes");
        await AddAsync("normal", "degraded", "smtp", "1 minute");

        var page = Render<DegradationPage>();

        page.WaitForAssertion(() => Assert.Equal(4, page.FindAll("tbody tr[data-key]").Count));
        var rows = page.FindAll("tbody tr[data-key]").Select(row => string.Join(' ', row.Children.Select(cell => cell.TextContent.Trim()))).ToList();
        Assert.Contains("Email belum selesai", rows[0], StringComparison.Ordinal);
        Assert.Contains("Midtrans, Email 10 mnt", rows[2], StringComparison.Ordinal);
        Assert.Contains("Midtrans 5 mnt", rows[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_Filtered_ShowsWhatMatches()
    {
        await AddAsync("normal", "degraded", "midtrans", "20 minutes");
        await AddAsync("degraded", "severe", "midtrans,smtp", "15 minutes");
        var navigation = Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("degradation?service=smtp");
        var page = Render<DegradationPage>();
        page.WaitForAssertion(() => Assert.Contains("Gangguan berat", Assert.Single(page.FindAll("tbody tr[data-key]")).TextContent, StringComparison.Ordinal));

        navigation.NavigateTo("degradation?level=emergency");

        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-state=no-match]")));
    }

    [Theory]
    [InlineData("id")]
    [InlineData("en")]
    public void Texts_OfEveryCapabilityAndLevel_AreThere(string language)
    {
        Speak(language);
        var texts = Services.GetRequiredService<IStringLocalizer<DegradationPageTexts>>();
        var keys = Enum.GetValues<Capability>().SelectMany(capability => Enum.GetValues<CapabilityState>().Select(state => $"Tell.{capability}.{state}"))
            .Concat(Enum.GetValues<DegradationLevel>().SelectMany(level => new[] { $"Level.{level}.Now", $"Level.{level}.When", $"Level.{level}.Do" }));

        Assert.All(keys, key => Assert.False(texts[key].ResourceNotFound, key));
    }

    private Task AddAsync(string from, string to, string causes, string ago) => ExecuteAsync(
        $"insert into node_status (node_id, lock_key, machine_name, process_id, started_at, seen_at) values ('{Boards.Node.Id}', 1, 'kasir-1', 7, app_now() - interval '1 day', app_now()) on conflict do nothing; insert into degradation_changes (node_id, from_level, to_level, causes, at) values ('{Boards.Node.Id}', '{from}', '{to}', string_to_array('{causes}', ','), date_trunc('second', app_now()) - interval '{ago}')");
}
