namespace BuatFilm.Tests.Alerts;

/// <summary>Dead letters become one alert a channel, on a real database.</summary>
public sealed class DeadLetterWatchTests : IAsyncLifetime
{
    private AlertBench _bench = null!;
    private int _letters;

    public async ValueTask InitializeAsync() => _bench = await AlertBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Letters_OfAnyNumber_AreOneAlertThatIsToldOnceAndAgainAtTenfold()
    {
        var node = _bench.Node();
        await DieAsync("email", 2);
        await node.LookAsync();
        await node.LookAsync();
        Assert.Equal("messages_dead_lettered email 1 2 BF-2, BF-1", await AlertsAsync());
        await TellAsync(node, 3);

        await DieAsync("email", 10);
        await node.LookAsync();
        Assert.Equal("messages_dead_lettered email 2 12 BF-12, BF-11, BF-10, BF-9, BF-8", await AlertsAsync());
        await TellAsync(node, 0);

        await DieAsync("email", 10);
        await node.LookAsync();
        await TellAsync(node, 3);
        Assert.Equal("22 pesan email gagal permanen", await _bench.ReadAsync<string>("select data ->> 'title' from notification_outbox where kind = 'alert' order by id desc limit 1"));

        await DieAsync("email", 50);
        await node.LookAsync();
        await TellAsync(node, 0);
        Assert.Equal("550 × 72", await _bench.ReadAsync<string>("select data ->> 'codes' from alerts"));
    }

    [Fact]
    public async Task Letters_OfTwoChannels_AreTwoAlerts()
    {
        await DieAsync("email", 1);
        await DieAsync("whatsapp", 1);

        await _bench.Node().LookAsync();

        Assert.Equal("messages_dead_lettered email 1 1 BF-1; messages_dead_lettered whatsapp 1 1 BF-2", await AlertsAsync());
    }

    [Fact]
    public async Task Letters_SeenByTwoNodesAtOnce_AreOneAlert()
    {
        var nodes = Enumerable.Range(0, 4).Select(_ => _bench.Node()).ToList();
        for (var round = 1; round <= 5; round++)
        {
            await DieAsync("email", 1);
            await Task.WhenAll(nodes.Select(node => node.LookAsync()));
        }

        Assert.Equal("messages_dead_lettered email 5 5 BF-5, BF-4, BF-3, BF-2, BF-1", await AlertsAsync());
    }

    [Fact]
    public async Task Alert_WhenNoLetterIsLeft_EndsAfterAMinute()
    {
        await DieAsync("email", 3);
        await _bench.Node().LookAsync();
        var node = _bench.Node(); // Another run, so that it counts at once.
        await _bench.ExecuteAsync("delete from outbox_dead");
        await node.LookAsync();
        Assert.Equal(1L, await _bench.ReadAsync<long>("select count(*) from alerts where resolved_at is null"));

        await _bench.MoveAsync(TimeSpan.FromSeconds(61));
        await DieAsync("whatsapp", 1); // What makes it look again before its time.
        await node.LookAsync();

        Assert.Equal(0L, await _bench.ReadAsync<long>("select count(*) from alerts where target = 'email' and resolved_at is null"));
    }

    [Fact]
    public async Task Alert_ThatSomebodyTookOn_EndsInTheQuietAndComesBackWithTheNextLetter()
    {
        await DieAsync("email", 1);
        await _bench.Node().LookAsync();
        await _bench.ExecuteAsync("update alerts set acknowledged_at = app_now(), acknowledged_by = 'sari'");
        await _bench.MoveAsync(TimeSpan.FromMinutes(61));
        await _bench.Node().LookAsync();
        Assert.Equal(0L, await _bench.ReadAsync<long>("select count(*) from alerts where resolved_at is null"));
        await _bench.Node().LookAsync();
        Assert.Equal(1L, await _bench.ReadAsync<long>("select count(*) from alerts"));

        await DieAsync("email", 1);
        await _bench.Node().LookAsync();

        Assert.Equal(1L, await _bench.ReadAsync<long>("select count(*) from alerts where resolved_at is null"));
    }

    [Fact]
    public async Task AlertsThatDie_RaiseOneAlertAndNoneAboutItself()
    {
        var node = _bench.Node();
        await _bench.RaiseAsync("double_payment", "BF-1", "double_payment:BF-1");
        await node.TellAsync();
        await _bench.DeliverAsync("webhook");

        for (var round = 0; round < 5; round++)
        {
            await _bench.BuryAsync("m.kind = 'alert' and m.channel <> 'webhook'");
            await _bench.DeliverAsync("webhook");
            await _bench.Node().LookAsync();
            await _bench.ExecuteAsync("update alerts set last_raised_at = last_raised_at - interval '5 seconds'");
            await node.TellAsync();
        }

        Assert.Equal(0L, await _bench.ReadAsync<long>("select count(*) from alerts where kind = 'messages_dead_lettered'"));
        Assert.Equal(1L, await _bench.ReadAsync<long>("select count(*) from alerts where kind = 'alerts_undeliverable' and severity = 'critical'"));

        // The payment by mail and WhatsApp, the same of the alert about it, and the webhook twice.
        Assert.InRange(await _bench.ReadAsync<long>("select count(*) from alert_notices"), 4, 8);
    }

    private async Task TellAsync(AlertNode node, int expected)
    {
        await _bench.ExecuteAsync("update alerts set last_raised_at = last_raised_at - interval '5 seconds'");
        Assert.Equal(expected, await node.TellAsync());
        await _bench.ExecuteAsync("delete from outbox_queue q using notification_outbox m where m.id = q.message_id and m.kind = 'alert'");
    }

    private Task<string> AlertsAsync() => _bench.ReadAsync<string>(
        "select string_agg(concat_ws(' ', kind, target, occurrences, data ->> 'count', data ->> 'orders'), '; ' order by id) from alerts");

    /// <summary>Letters of customers die, each of an order of its own, one microsecond after the other.</summary>
    private async Task DieAsync(string channel, int count)
    {
        await _bench.ExecuteAsync(
            $$"""
            with m as (
                insert into notification_outbox (order_id, kind, channel, recipient, locale, data, max_attempts)
                select 'BF-' || ({{_letters}} + i), 'payment_received', '{{channel}}', 'sari@contoh.id', 'id', '{}', 8 from generate_series(1, {{count}}) i
                returning id, channel, order_id),
            tried as (
                insert into notification_attempts (message_id, attempt, result, code, node, ended_at) select id, 1, 'refused', '550', gen_random_uuid(), app_now() from m)
            insert into outbox_dead (message_id, channel, cause, attempt, dead_at)
            select id, channel, 'refused', 1, (select app_now()) + make_interval(secs => substr(order_id, 4)::int * 0.000001) from m
            """);
        _letters += count;
    }
}
