using BuatFilm.Admin.Features.Outbox;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Tests.Live;
using BuatFilm.Tests.Operations;
using BuatFilm.Tests.Shell;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Outbox;

public sealed class OutboxPageTests : FeaturePages
{
    [Fact]
    public async Task Page_WithMessages_SaysWhereEachStands()
    {
        await AddAsync("A-1", "sent");
        await AddAsync("A-2", "waiting");
        await AddAsync("A-3", "retrying");
        await AddAsync("A-4", "sending");
        await DeadLetters.AddAsync(ConnectionString, 1, "B-");

        var page = Open("outbox");

        page.WaitForAssertion(() => Assert.Equal(["B-1", "A-4", "A-3", "A-2", "A-1"], Titles(page)));
        Assert.Equal(["dlq", "processing", "retrying", "pending", "sent"], page.FindAll("tbody .state").Select(state => state.GetAttribute("data-code")));
    }

    [Fact]
    public async Task Page_Filtered_ShowsWhatMatches()
    {
        await AddAsync("A-1", "sent");
        await AddAsync("A-2", "waiting");
        await AddAsync("A-3", "retrying");
        await AddAsync("A-4", "sending");
        await AddAsync("A-5", "arrived");
        await DeadLetters.AddAsync(ConnectionString, 1, "B-");

        await ShowsAsync("outbox?state=waiting", "A-2");
        await ShowsAsync("outbox?state=retrying", "A-3");
        await ShowsAsync("outbox?state=sending", "A-4");
        await ShowsAsync("outbox?state=sent", "A-5", "A-1");
        await ShowsAsync("outbox?state=arrived", "A-5");
        await ShowsAsync("outbox?state=dead", "B-1");
        await ShowsAsync("outbox?q=A-", "A-5", "A-4", "A-3", "A-2", "A-1");
        await ShowsAsync("outbox?q=BUDI1@contoh.id", "B-1");
        await ShowsAsync("outbox?q=0812 3400 0001", "B-1");
        await ShowsAsync("outbox?q=wamid.A-5", "A-5");
        await ShowsAsync("outbox?channel=whatsapp", "A-5");
        await ShowsAsync("outbox?day-to=2020-01-01");
    }

    [Fact]
    public void Page_WithoutMessages_SaysWhatWillCome()
    {
        var page = Open("outbox");

        page.WaitForAssertion(() => Assert.Contains("Belum ada pesan", page.Find("[data-state=empty]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void Page_WhileTheDatabaseIsAway_SaysSo()
    {
        TakeTheDatabaseAway();

        var page = Open("outbox");

        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-state=failed]")), TimeSpan.FromSeconds(20));
        page.WaitForAssertion(() => Assert.Contains("belum bisa dibaca", page.Find(".channel-cards").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Channels_Always_AreCountedApartAndLive()
    {
        await AddAsync("A-1", "sent");
        await AddAsync("A-2", "waiting");
        await AddAsync("A-3", "waiting");
        await AddAsync("A-5", "arrived");
        await DeadLetters.AddAsync(ConnectionString, 3, "B-");
        var page = Open("outbox");
        page.WaitForAssertion(() => Assert.Equal("2", page.Find("[data-channel=Email] [data-pending]").TextContent));
        Assert.Equal("1", page.Find("[data-channel=Email] [data-sent]").TextContent);
        Assert.Equal("3", page.Find("[data-channel=Email] a").TextContent);
        Assert.Equal("/dead-letters?channel=email", page.Find("[data-channel=Email] a").GetAttribute("href"));
        Assert.Equal("1", page.Find("[data-channel=Whatsapp] [data-sent]").TextContent);

        await AddAsync("A-6", "waiting");
        Write();

        Until(page, () => Assert.Equal("3", page.Find("[data-channel=Email] [data-pending]").TextContent));
        Publish(status => status.WithBreaker(ExternalService.Smtp, BreakerState.Open, Boards.Noon, Boards.Noon.AddMinutes(1)));
        Until(page, () => Assert.Single(page.FindAll("[data-channel=Email] [data-state=Open]")));
    }

    [Fact]
    public async Task Details_OfAMessageThatWaits_SayWhy()
    {
        var id = await AddAsync("A-3", "retrying");
        Publish(status => status.WithBreaker(ExternalService.Smtp, BreakerState.Open, Boards.Noon, Boards.Noon.AddMinutes(1)));

        var page = Open($"outbox?item={id}");

        page.WaitForAssertion(() => Assert.Contains("layanan Email sedang terputus", page.Find("[data-why]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Details_OfAMessageThatWasRead_TellHowFarItCame()
    {
        var id = await AddAsync("A-5", "arrived");

        var page = Open($"outbox?item={id}");

        page.WaitForAssertion(() => Assert.Equal(["created", "attempt-1", "receipt-sent", "receipt-delivered", "receipt-read"], page.FindAll("[data-step]").Select(step => step.GetAttribute("data-step"))));
    }

    [Theory]
    [InlineData("email", "budi@contoh.id")]
    [InlineData("whatsapp", "+6281234567890")]
    public async Task Details_OfAPaymentLink_DoNotLeadToThePaymentPage(string channel, string recipient)
    {
        await ExecuteAsync(
            $$"""
            insert into notification_outbox (kind, channel, recipient, locale, data, max_attempts)
            values ('payment_link', '{{channel}}', '{{recipient}}', 'id',
                    '{"orderId": "INV-1", "customerName": "Tono", "grossAmount": "450000", "items": "[]", "redirectUrl": "https://app.midtrans.contoh/snap/v4/redirection/rahasia-9f3c"}', 5)
            """);
        var id = await ReadAsync<long>("select id from notification_outbox");

        var page = Open($"outbox?item={id}");

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-preview]")));
        Assert.DoesNotContain("rahasia-9f3c", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden.invalid", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Details_OfAnInvitation_NeverShowItsLink()
    {
        await ExecuteAsync(
            """
            insert into notification_outbox (kind, channel, recipient, locale, data, max_attempts)
            values ('account_invitation', 'email', 'baru@contoh.id', 'id', '{"name": "Tono", "by": "Rina", "role": "Viewer", "linkSealed": "geheim-1", "link": "https://konsol.contoh.id/account/invitation?token=geheim-2"}', 5)
            """);
        var id = await ReadAsync<long>("select id from notification_outbox");

        var page = Open($"outbox?item={id}");

        page.WaitForAssertion(() => Assert.Contains("[tautan rahasia, tidak ditampilkan]", page.Find("[data-preview] pre").TextContent, StringComparison.Ordinal));
        Assert.DoesNotContain("geheim", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(MessagePreview.HiddenLink, page.Markup, StringComparison.Ordinal);
    }

    private IRenderedComponent<OutboxPage> Open(string address)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<OutboxPage>();
    }

    private async Task ShowsAsync(string address, params string[] titles)
    {
        var page = Open(address);
        page.WaitForAssertion(() =>
        {
            Assert.Equal(titles, Titles(page));
            Assert.Equal($"{titles.Length} baris", page.Find("[data-count]").TextContent);
        });
        await DisposeComponentsAsync();
    }

    /// <param name="state">As the filter calls it.</param>
    private async Task<long> AddAsync(string order, string state)
    {
        var channel = state == "arrived" ? "whatsapp" : "email";
        var id = await ReadAsync<long>(
            $$"""
            insert into notification_outbox (order_id, kind, channel, recipient, locale, data, max_attempts)
            values ('{{order}}', 'payment_received', '{{channel}}', 'siti@contoh.id', 'id', '{}', 5) returning id
            """);
        var attempt = state switch { "sent" or "arrived" => "delivered", "retrying" => "failed", _ => null };
        if (attempt is not null)
        {
            await ExecuteAsync($"insert into notification_attempts (message_id, attempt, result, code, error, node, ended_at) values ({id}, 1, '{attempt}', '451', 'later', gen_random_uuid(), app_now())");
        }

        if (state is "waiting" or "retrying" or "sending")
        {
            await ExecuteAsync(
                $"""
                insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit, lease_owner)
                values ({id}, '{channel}', app_now() + interval '5 minutes', {(state == "waiting" ? 0 : 1)}, 5, {(state == "sending" ? "gen_random_uuid()" : "null")})
                """);
        }

        if (state == "arrived")
        {
            await ExecuteAsync(
                $"""
                insert into message_receipts (provider_id, channel, message_id, status, sent_at, delivered_at, read_at, updated_at)
                values ('wamid.{order}', 'whatsapp', {id}, 'read', app_now(), app_now() + interval '1 second', app_now() + interval '2 seconds', app_now())
                """);
        }

        return id;
    }

    private static List<string> Titles(IRenderedComponent<OutboxPage> page) => [.. page.FindAll("tbody tr[data-key] [data-row-link]").Select(link => link.TextContent.Squeeze())];
}
