using BuatFilm.Admin.Features.Alerts;
using BuatFilm.Core;

namespace BuatFilm.Tests.Alerts;

/// <summary>What is told to whom, on a real database.</summary>
public sealed class TellAlertsTests : IAsyncLifetime
{
    private static readonly string[] RaisedByMail = ["raised email satu@buatfilm.test", "raised email dua@buatfilm.test", "raised webhook https://hooks.example.com"];

    private AlertBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await AlertBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Alert_IsToldOnceWhenItBeginsAndOnceWhenItEnds()
    {
        var node = _bench.Node();
        await _bench.RaiseAsync("breaker_opened", "midtrans", "breaker_opened:midtrans");

        Assert.Equal(3, await node.TellAsync());
        Assert.Equal(0, await node.TellAsync());
        await _bench.RaiseAsync("breaker_opened", "midtrans", "breaker_opened:midtrans"); // Seen again while it lasts.
        Assert.Equal(0, await node.TellAsync());
        Assert.Equal(RaisedByMail, await _bench.NoticesAsync());

        await _bench.ResolveAsync("breaker_opened:midtrans");
        Assert.Equal(3, await node.TellAsync());
        Assert.Equal(0, await node.TellAsync());

        string[] expected = [.. RaisedByMail, .. RaisedByMail.Select(notice => notice.Replace("raised", "resolved", StringComparison.Ordinal))];
        Assert.Equal(expected, await _bench.NoticesAsync());
        Assert.Equal(6L, await _bench.ReadAsync<long>("select count(*) from outbox_queue"));
        Assert.Equal("[BuatFilm] Pulih: Midtrans tersambung kembali", await _bench.ReadAsync<string>("select data ->> 'subject' from notification_outbox order by id desc limit 1"));
        Assert.Equal("alert id", await _bench.ReadAsync<string>("select distinct kind || ' ' || locale from notification_outbox"));
    }

    [Fact]
    public async Task Alert_ByManyNodesAtOnce_IsToldOnce()
    {
        for (var i = 0; i < 8; i++)
        {
            await _bench.RaiseAsync($"kind_{i}", "BF-1", $"kind_{i}");
        }

        var nodes = Enumerable.Range(0, 4).Select(_ => _bench.Node()).ToList();
        var written = await Task.WhenAll(nodes.SelectMany(node => new[] { node.TellAsync(), node.TellAsync() }));

        Assert.Equal(8 * 3, written.Sum());
        Assert.Equal(8L, await _bench.ReadAsync<long>("select count(*) from alerts where notified_at is not null"));
        Assert.Equal(24L, await _bench.ReadAsync<long>("select count(*) from alert_notices"));
    }

    [Fact]
    public async Task Alert_IsToldAMomentLater_SoThatWhatIsOverAtOnceIsOneMessage()
    {
        var node = _bench.Node();
        await _bench.RaiseAsync("breaker_opened", "midtrans", "flicker");
        await _bench.ExecuteAsync("update alerts set raised_at = app_now(), last_raised_at = app_now()");
        Assert.Equal(0, await node.TellAsync());

        await _bench.ResolveAsync("flicker");
        Assert.Equal(3, await node.TellAsync());

        Assert.All(await _bench.NoticesAsync(), notice => Assert.StartsWith("resolved", notice, StringComparison.Ordinal));
        Assert.Equal("passed", await _bench.ReadAsync<string>("select distinct data ->> 'event' from notification_outbox"));
        Assert.Equal(1L, await _bench.ReadAsync<long>("select count(*) from alerts where notified_at is not null and resolved_notified_at is not null"));
    }

    [Fact]
    public async Task AlertAboutTheDatabase_WaitsForItsEnd_ForItAnswers()
    {
        var node = _bench.Node();
        await _bench.RaiseAsync("breaker_opened", "database", "breaker_opened:database");

        Assert.Equal(0, await node.TellAsync());
        await _bench.MoveAsync(TimeSpan.FromSeconds(16));
        Assert.Equal(3, await node.TellAsync());
    }

    [Fact]
    public async Task AlertAboutMail_WhileMailIsDown_GoesByWhatsAppAndNotByMail()
    {
        var node = _bench.Node();
        node.Break(ExternalService.Smtp);
        await _bench.RaiseAsync("breaker_opened", "smtp", "breaker_opened:smtp");
        await node.TellAsync();
        Assert.Equal(["raised whatsapp +6281234567890", "raised webhook https://hooks.example.com"], await _bench.NoticesAsync());

        // Who was told of the beginning is told of the end.
        node.Mend(ExternalService.Smtp);
        await _bench.ResolveAsync("breaker_opened:smtp");
        await node.TellAsync();
        Assert.Equal("resolved whatsapp +6281234567890", (await _bench.NoticesAsync())[2]);
    }

    [Fact]
    public async Task AlertAboutMail_OnANodeThatHasNotNoticed_DoesNotGoByMailEither()
    {
        await _bench.RaiseAsync("breaker_opened", "smtp", "breaker_opened:smtp");

        await _bench.Node().TellAsync();

        Assert.DoesNotContain(await _bench.NoticesAsync(), notice => notice.Contains(" email ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Alert_WhileNoChannelWorks_WaitsUntilOneDoes()
    {
        var options = AlertBench.Everybody();
        options.AlertWebhookUrl = null;
        var node = _bench.Node(options);
        node.Break(ExternalService.Smtp);
        node.Break(ExternalService.WhatsApp);
        await _bench.RaiseAsync("double_payment", "BF-1", "double_payment:BF-1");

        Assert.Equal(0, await node.TellAsync());
        Assert.Equal(1L, await _bench.ReadAsync<long>("select count(*) from alerts where notified_at is null"));
        node.Mend(ExternalService.WhatsApp);
        Assert.Equal(1, await node.TellAsync());

        Assert.Equal(["raised whatsapp +6281234567890"], await _bench.NoticesAsync());
    }

    [Fact]
    public async Task Alert_ForNobody_IsMarkedAndStaysOnThePage()
    {
        var node = _bench.Node(new AlertsOptions());
        await _bench.RaiseAsync("double_payment", "BF-1", "double_payment:BF-1");

        Assert.Equal(0, await node.TellAsync());
        Assert.Equal(1L, await _bench.ReadAsync<long>("select count(*) from alerts where notified_at is not null and resolved_at is null"));

        // Recipients that are set later are not told the end of what they never heard of.
        await _bench.ResolveAsync("double_payment:BF-1");
        Assert.Equal(0, await _bench.Node().TellAsync());
        Assert.Empty(await _bench.NoticesAsync());
        Assert.Equal(0L, await _bench.ReadAsync<long>("select count(*) from alerts where resolved_notified_at is null"));
    }

    [Fact]
    public async Task News_NotDeliveredInTime_GoesByTheNextChannelOnce()
    {
        var node = _bench.Node();
        await _bench.RaiseAsync("double_payment", "BF-1", "double_payment:BF-1");
        await node.TellAsync();
        await _bench.DeliverAsync("webhook");

        await _bench.MoveAsync(TimeSpan.FromSeconds(55));
        Assert.Equal(0, await node.TellAsync());
        await _bench.MoveAsync(TimeSpan.FromSeconds(65));
        var told = await Task.WhenAll(node.TellAsync(), _bench.Node().TellAsync());
        Assert.Equal(1, told.Sum());
        await _bench.MoveAsync(TimeSpan.FromSeconds(300));
        Assert.Equal(0, await node.TellAsync());

        string[] expected = [.. RaisedByMail, "raised whatsapp +6281234567890"];
        Assert.Equal(expected, await _bench.NoticesAsync());
    }

    [Fact]
    public async Task News_DeliveredToOneRecipient_HasArrived()
    {
        var node = _bench.Node();
        await _bench.RaiseAsync("double_payment", "BF-1", "double_payment:BF-1");
        await node.TellAsync();
        await _bench.ExecuteAsync("delete from outbox_queue q using notification_outbox m where m.id = q.message_id and m.recipient <> 'dua@buatfilm.test'");

        await _bench.MoveAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(0, await node.TellAsync());
    }

    [Fact]
    public async Task News_RefusedForAllRecipients_GoesByTheNextChannelAtOnce()
    {
        var node = _bench.Node();
        await _bench.RaiseAsync("double_payment", "BF-1", "double_payment:BF-1");
        await node.TellAsync();
        await _bench.DeliverAsync("webhook");
        await _bench.BuryAsync("m.channel = 'email'");

        Assert.Equal(1, await node.TellAsync());
        Assert.Equal("raised whatsapp +6281234567890", (await _bench.NoticesAsync())[^1]);
    }

    [Fact]
    public async Task News_NotDelivered_OfWhatIsOver_IsNotSentAfterIt()
    {
        var node = _bench.Node();
        await _bench.RaiseAsync("breaker_opened", "midtrans", "over");
        await node.TellAsync();
        await _bench.ResolveAsync("over");
        await node.TellAsync();
        await _bench.ExecuteAsync("delete from outbox_queue q using alert_notices n where n.message_id = q.message_id and n.kind = 'resolved'");

        await _bench.MoveAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(0, await node.TellAsync());
    }

    [Fact]
    public async Task Alerts_OfOneKindInAFlood_AreToldTenTimesAndStayOnThePage()
    {
        var node = _bench.Node();
        for (var i = 1; i <= 25; i++)
        {
            await _bench.RaiseAsync("queued_order_failed", $"BF-{i}", $"queued_order:BF-{i}");
        }

        await _bench.RaiseAsync("double_payment", "BF-1", "double_payment:BF-1");
        await node.TellAsync();

        Assert.Equal(TellAlerts.FloodLimit * 2L, await _bench.ReadAsync<long>("select count(*) from notification_outbox where channel = 'email' and data ->> 'alertKind' = 'queued_order_failed'"));
        Assert.Equal(2L, await _bench.ReadAsync<long>("select count(*) from notification_outbox where channel = 'email' and data ->> 'alertKind' = 'double_payment'"));
        Assert.Equal(1L, await _bench.ReadAsync<long>("select count(distinct data ->> 'alertId') from notification_outbox where data ->> 'what' like '%tidak dikirim satu per satu%'"));
        Assert.Equal(0L, await _bench.ReadAsync<long>("select count(*) from alerts where notified_at is null"));

        // What was not told is not taken back either.
        await _bench.ResolveAsync("queued_order:BF-25");
        Assert.Equal(0, await node.TellAsync());
        await _bench.MoveAsync(TimeSpan.FromMinutes(11));
        await _bench.RaiseAsync("queued_order_failed", "BF-26", "queued_order:BF-26");
        await _bench.ExecuteAsync("delete from outbox_queue");
        Assert.Equal(3, await node.TellAsync());
    }

    [Fact]
    public async Task Alert_WithUnusualData_IsToldAllTheSame()
    {
        await _bench.ExecuteAsync(
            """
            insert into alerts (kind, severity, target, data, dedupe_key, last_raised_at) values
            ('other_kind', 'info', null, '{"count": 3, "deep": {"a": [1]}, "round": "x", "nothing": null}', 'one', app_now() - interval '5 seconds'),
            ('double_payment', 'critical', 'BF-1', '[1]', 'two', app_now() - interval '5 seconds')
            """);

        Assert.Equal(6, await _bench.Node().TellAsync());
        Assert.Equal("""{"count":"3","deep":"{\u0022a\u0022: [1]}","round":"x","nothing":""}""".Length, (await _bench.ReadAsync<string>("select data ->> 'details' from notification_outbox where data ->> 'alertKind' = 'other_kind' limit 1")).Length);
    }
}
