using System.Text.Json;
using BuatFilm.Admin.Features.Webhooks;
using BuatFilm.Core.Payments;
using BuatFilm.Core.Webhooks;
using BuatFilm.Tests.Support;
using Npgsql;

namespace BuatFilm.Tests.Webhooks;

/// <summary>Two writers of one order: only the one that decided on what is still true takes effect.</summary>
public sealed class LedgerStoreTests
{
    [Fact]
    public async Task Write_DecidedOnAnOlderVersion_TakesNoEffect_AlsoNotTheEvent()
    {
        await using var database = await MigratedDatabase.CreateAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await TestPostgres.ExecuteAsync(database.ConnectionString, """
            insert into orders (order_id, storefront, status, gross_amount, paid_amount, refunded_amount, charged_back_amount, customer_name, customer_email, customer_phone, locale, expires_at, created_at, updated_at)
            values ('A', 's', 'awaiting_payment', 450000, 0, 0, 0, 'Budi', 'budi@contoh.id', '+628123456789', 'id', app_now() + interval '1 day', app_now(), app_now());
            insert into payment_sessions (midtrans_order_id, order_id, sequence, state, snap_token, redirect_url, opened_at, expires_at, created_at)
            values ('A', 'A', 1, 'open', 't', 'u', app_now(), app_now() + interval '1 day', app_now());
            """);
        var store = new LedgerStore(source);
        var (one, two) = (News("T1"), News("T2"));
        var rows = await store.ReadAsync([(EventKey.Of(one), "A"), (EventKey.Of(two), "A")], TestContext.Current.CancellationToken);

        var first = await store.WriteAsync([Write(rows[0], one)], Terms, TestContext.Current.CancellationToken);
        var second = await store.WriteAsync([Write(rows[1], two)], Terms, TestContext.Current.CancellationToken);

        Assert.Equal([0], first);
        Assert.Empty(second);
        Assert.Equal(1L, await MigratedDatabase.ReadAsync<long>(database.ConnectionString, "select count(*) from payment_events"));
        Assert.Equal(450_000L, await MigratedDatabase.ReadAsync<long>(database.ConnectionString, "select paid_amount from orders"));
        Assert.Equal("email:budi@contoh.id, whatsapp:+628123456789", await MigratedDatabase.ReadAsync<string>(
            database.ConnectionString, "select string_agg(m.channel || ':' || m.recipient, ', ' order by m.id) from outbox_queue q join notification_outbox m on m.id = q.message_id and m.channel = q.channel"));
    }

    private static MessageTerms Terms { get; } = new(8, ["email", "whatsapp"]);

    private static LedgerWrite Write(LedgerRow row, MidtransNotification news)
    {
        var decision = PaymentLedger.Decide(row.Order!, news, null, verified: false, row.Now);
        return new LedgerWrite(null, EventKey.Of(news), news, "{}"u8.ToArray(), EventSource.Notification, row.Order, row.Version, decision, null, false);
    }

    private static MidtransNotification News(string transactionId)
    {
        using var document = JsonDocument.Parse(WebhookHost.News("A", transactionId, "settlement").ToJsonString());
        Assert.True(MidtransNotification.TryRead(document.RootElement, out var news));
        return news;
    }
}
