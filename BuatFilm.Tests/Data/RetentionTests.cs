using BuatFilm.Admin.Features.Alerts;
using BuatFilm.Admin.Features.Breakers;
using BuatFilm.Admin.Features.Degradation;
using BuatFilm.Admin.Features.Health;
using BuatFilm.Admin.Features.Operations;
using BuatFilm.Admin.Features.Outbox;
using BuatFilm.Admin.Features.Webhooks;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Data;

/// <summary>What is past its time goes, what is not stays, and what must never go stays for ever.</summary>
public sealed class RetentionTests(AppHost app) : IClassFixture<AppHost>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_GoWithTheirAttemptsAndReceipts_ButNoneThatWaits()
    {
        await ExecuteAsync(
            """
            insert into notification_outbox (kind, channel, recipient, locale, data, max_attempts, created_at, dedupe_key)
            select 'payment_received', 'whatsapp', '+6281234567890', 'id', '{}', 8, app_now() - age, name
            from (values ('sent-old', interval '91 days'), ('sent-young', interval '89 days'), ('waits-old', interval '400 days'), ('dead-old', interval '400 days'), ('dead-young', interval '400 days')) as m(name, age);
            insert into notification_attempts (message_id, attempt, result, node, ended_at) select id, 1, 'delivered', gen_random_uuid(), app_now() from notification_outbox;
            insert into message_receipts (provider_id, channel, message_id, status, updated_at) select 'wamid-' || dedupe_key, channel, id, 'sent', app_now() from notification_outbox;
            insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit) select id, channel, app_now() + interval '1 day', 1, 8 from notification_outbox where dedupe_key = 'waits-old';
            insert into outbox_dead (message_id, channel, cause, attempt, dead_at)
            select id, channel, 'refused', 1, app_now() - case dedupe_key when 'dead-old' then interval '181 days' else interval '179 days' end from notification_outbox where dedupe_key like 'dead-%'
            """);

        await RunAsync<DeleteOldMessagesJob>(job => job.ExecuteAsync(Token));
        await RunAsync<DeleteOldMessagesJob>(job => job.ExecuteAsync(Token));

        Assert.Equal("dead-young,sent-young,waits-old", await app.ReadAsync<string>("select string_agg(dedupe_key, ',' order by dedupe_key) from notification_outbox"));
        Assert.Equal(3, await app.ReadAsync<long>("select count(*) from notification_attempts"));
        Assert.Equal(3, await app.ReadAsync<long>("select count(*) from message_receipts"));
        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from outbox_dead"));
    }

    [Fact]
    public async Task ManyMessages_GoInBatches()
    {
        await ExecuteAsync(
            """
            insert into notification_outbox (kind, channel, recipient, locale, data, max_attempts, created_at, order_id)
            select 'payment_received', 'email', 'budi@contoh.id', 'id', '{}', 8, app_now() - interval '200 days', 'BATCH' from generate_series(1, 12001)
            """);

        await RunAsync<DeleteOldMessagesJob>(job => job.ExecuteAsync(Token));

        Assert.Equal(0, await app.ReadAsync<long>("select count(*) from notification_outbox where order_id = 'BATCH'"));
    }

    [Fact]
    public async Task PaymentBodies_AreEmptied_ButNoneThatAwaitsVerification_AndTheKeyStaysTaken()
    {
        await ExecuteAsync(
            """
            insert into payment_events (event_key, midtrans_order_id, transaction_id, transaction_status, status_code, payment_type, gross_amount, outcome, source, raw_payload, received_at)
            select sha256(name::bytea), 'A-' || name, name, 'settlement', '200', 'gopay', '1000.00', outcome, 'notification', '{"a":1}', app_now() - age
            from (values ('old-1', 'applied', interval '300 days'), ('waits', 'pending_verification', interval '290 days'), ('asked', 'mismatch', interval '280 days'), ('old-2', 'refuted', interval '181 days'), ('young', 'applied', interval '179 days')) as e(name, outcome, age);
            insert into payment_event_checks (event_id, due_at) select id, app_now() + interval '1 day' from payment_events where transaction_id in ('waits', 'asked');
            insert into rejected_notifications (reason, raw_payload, received_at) values ('bad_signature', 'x', app_now() - interval '31 days'), ('bad_signature', 'y', app_now() - interval '29 days')
            """);

        await RunAsync<ForgetPaymentBodiesJob>(job => job.ExecuteAsync(Token));
        await RunAsync<ForgetPaymentBodiesJob>(job => job.ExecuteAsync(Token));
        await RunAsync<DeleteRejectedNotificationsJob>(job => job.ExecuteAsync(Token));

        Assert.Equal("asked,waits,young", await app.ReadAsync<string>("select string_agg(transaction_id, ',' order by transaction_id) from payment_events where octet_length(raw_payload) > 0 and transaction_id in ('old-1', 'waits', 'asked', 'old-2', 'young')"));
        Assert.Equal(5, await app.ReadAsync<long>("select count(*) from payment_events where midtrans_order_id like 'A-%'"));
        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from rejected_notifications"));
    }

    [Fact]
    public async Task HistoriesOfOutages_GoByTheirAge_AndTheAuditLogStays()
    {
        await ExecuteAsync(
            """
            insert into node_status (node_id, lock_key, machine_name, process_id, started_at, seen_at, stopped_at)
            select gen_random_uuid(), -n, 'retention', 1, app_now() - interval '30 days', app_now(), stopped from (values (1, app_now() - interval '8 days'), (2, app_now() - interval '6 days'), (3, null)) as s(n, stopped);
            insert into breaker_transitions (node_id, service, from_state, to_state, cause, at, figures) select gen_random_uuid(), 'smtp', 'closed', 'open', 'test', app_now() - days * interval '1 day', '{}' from generate_series(88, 92) days;
            insert into degradation_changes (node_id, from_level, to_level, causes, at) select gen_random_uuid(), 'normal', 'degraded', '{}', app_now() - days * interval '1 day' from generate_series(88, 92) days;
            insert into alerts (kind, severity, data, dedupe_key, raised_at, resolved_at, notified_at, resolved_notified_at)
            select 'retention', 'info', '{}', name, app_now() - interval '500 days', resolved, app_now(), case when resolved is not null then app_now() end -- Told, so that nobody holds them.
            from (values ('r-1', app_now() - interval '181 days'), ('r-2', app_now() - interval '179 days'), ('r-3', null)) as a(name, resolved);
            insert into operations (id, action, state, actor, filter, total, done, skipped, created_at, finished_at)
            select gen_random_uuid(), 'retention', state, 'test', '{}', 1, 0, 0, app_now() - interval '400 days', finished
            from (values ('finished', app_now() - interval '181 days'), ('finished', app_now() - interval '179 days'), ('planned', null), ('running', null)) as o(state, finished);
            insert into operation_items (operation_id, position, target_id, state) select id, 1, 1, 'done' from operations where action = 'retention';
            insert into audit_log (actor, action, outcome, data, at) values ('test', 'retention', 'done', '{}', app_now() - interval '20 years')
            """);

        await RunAsync<DeleteStoppedNodesJob>(job => job.ExecuteAsync(Token));
        await RunAsync<DeleteOldTransitionsJob>(job => job.ExecuteAsync(Token));
        await RunAsync<DeleteOldLevelChangesJob>(job => job.ExecuteAsync(Token));
        await RunAsync<DeleteOldAlertsJob>(job => job.ExecuteAsync(Token));
        await RunAsync<DeleteOldOperationsJob>(job => job.ExecuteAsync(Token));

        Assert.Equal(2, await app.ReadAsync<long>("select count(*) from node_status where machine_name = 'retention'"));
        Assert.Equal(2, await app.ReadAsync<long>("select count(*) from breaker_transitions where cause = 'test'"));
        Assert.Equal(2, await app.ReadAsync<long>("select count(*) from degradation_changes where at < app_now() - interval '1 day'"));
        Assert.Equal("r-2,r-3", await app.ReadAsync<string>("select string_agg(dedupe_key, ',' order by dedupe_key) from alerts where kind = 'retention'"));
        Assert.Equal("finished,running", await app.ReadAsync<string>("select string_agg(state, ',' order by state) from operations where action = 'retention'"));
        Assert.Equal(2, await app.ReadAsync<long>("select count(*) from operation_items"));
        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from audit_log where action = 'retention'"));
    }

    private Task ExecuteAsync(string sql) => TestPostgres.ExecuteAsync(app.ConnectionString, sql);

    private async Task RunAsync<TJob>(Func<TJob, Task> run)
        where TJob : notnull => await run(app.Services.GetRequiredService<TJob>());
}
