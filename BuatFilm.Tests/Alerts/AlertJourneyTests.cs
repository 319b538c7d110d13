using System.Net.Http.Json;
using System.Text.Json.Nodes;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Alerts;
using BuatFilm.Core.Breakers;
using BuatFilm.Tests.Orders;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Alerts;

/// <summary>The program, started once, with somebody to be told by mail and a listener behind the webhook.</summary>
public sealed class AlertedApp : IAsyncLifetime
{
    internal AlertListener Listener { get; private set; } = null!;

    internal AppHost App { get; private set; } = null!;

    internal HttpClient Ops { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Listener = await AlertListener.StartAsync();
        App = await AppHost.StartAsync(
            ("Ops:AlertEmails", "ops@buatfilm.test"),
            ("Ops:AlertWebhookUrl", Listener.Address.AbsoluteUri),
            ("Ops:AlertWebhookSecret", "rahasia-webhook-0001"),
            ("PublicBaseUrl", "https://admin.example.com"),
            ("Breakers:Smtp:BreakDuration", "00:00:01"),
            ("Breakers:Smtp:MaxBreakDuration", "00:00:02"),
            ("Degradation:RecoveryHold", "00:00:03"));
        Ops = App.Client(AppHost.OpsKey);
    }

    public async ValueTask DisposeAsync()
    {
        Ops.Dispose();
        await App.DisposeAsync();
        await Listener.DisposeAsync();
    }
}

/// <summary>The whole program: alerts from the row to the letterbox, and what the ops API says of them.</summary>
public sealed class AlertJourneyTests(AlertedApp alerted) : IClassFixture<AlertedApp>, IAsyncLifetime
{
    private readonly AlertListener _listener = alerted.Listener;
    private readonly AppHost _app = alerted.App;
    private readonly HttpClient _ops = alerted.Ops;

    private StatusBoard Board => _app.Services.GetRequiredService<StatusBoard>();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _app.FaultAsync("smtp", "ok");

    [Fact]
    public async Task Alert_FromTheRowToTheLetterbox_WithItsDeliveryInTheOpsApi()
    {
        await RaiseAsync("double_payment", "BF-7", "double_payment:BF-7", ("orderId", "BF-7"));

        const string Subject = "[BuatFilm] Perlu tindakan: pesanan BF-7 dibayar lebih dari sekali";
        await AppHost.EventuallyAsync(async () => (await MailsAsync(Subject)).Length == 1 && Kinds("raised").Contains("double_payment"), "the mail and the webhook arrived", 30);
        var mail = (await MailsAsync(Subject)).Single();
        Assert.Contains("https://admin.example.com/orders/BF-7", (string?)mail["body"], StringComparison.Ordinal);

        var alert = await OpenAlertAsync("double_payment");
        string[] expected = ["email ops@buatfilm.test sent", $"webhook {_listener.Address.GetLeftPart(UriPartial.Authority)} sent"];
        await AppHost.EventuallyAsync(async () => Notices(alert = await OpenAlertAsync("double_payment")).SequenceEqual(expected), "both are marked as sent");
        Assert.Equal("Order BF-7 was paid more than once", (string?)alert["title"]);

        // Acknowledged once, whoever asks again.
        var id = (long)alert["id"]!;
        var taken = await AcknowledgeAsync(id, """{"note":"Saya periksa."}""");
        Assert.Equal((200, "api:test"), (taken.Status, (string?)taken.Json["acknowledgedBy"]));
        var again = await AcknowledgeAsync(id, "");
        Assert.Equal((200, (string?)taken.Json["acknowledgedAt"]), (again.Status, (string?)again.Json["acknowledgedAt"]));
        Assert.Equal("alerts:acknowledge alert:" + id + " Saya periksa.", await _app.ReadAsync<string>("select string_agg(concat_ws(' ', action, target, reason), ',') from audit_log where actor = 'api:test' and outcome = 'done'"));
        (await AcknowledgeAsync(id + 1000, "{}")).MustBeProblem(404, "not_found");
        (await AcknowledgeAsync(id, $$"""{"note":"{{new string('x', 501)}}"}""")).MustBeProblem(400, "validation_failed");
        (await AcknowledgeAsync(id, "{")).MustBeProblem(400, "malformed_json");
    }

    [Fact]
    public async Task MailServerDown_IsToldByTheWebhookAndNotByMail_OnceAnOutage()
    {
        await AppHost.EventuallyAsync(() => Task.FromResult(Board.Current.DrainBeats.Count > 0), "the drains run");
        await _app.FaultAsync("smtp", "down");
        await QueueMailsAsync(8);
        await AppHost.EventuallyAsync(() => Task.FromResult(Board.Current[ExternalService.Smtp].Breaker != BreakerState.Closed), "the breaker opened", 30);

        var report = (await _ops.AskAsync("/api/ops/v1/degradation")).Json;
        Assert.Equal("degraded", (string?)report["level"]);
        Assert.Equal("smtp", (string?)report["causes"]![0]);
        Assert.Equal("delayed", (string?)report["capabilities"]!.AsArray().Single(capability => (string?)capability!["capability"] == "send_email")!["state"]);
        var health = (await _ops.AskAsync("/health")).Json;
        Assert.Equal("unhealthy", (string?)health["services"]!["smtp"]!["status"]);
        Assert.Equal("delayed", (string?)health["capabilities"]!["send_email"]!["state"]);

        await AppHost.EventuallyAsync(() => Task.FromResult(Kinds("raised").Contains("degradation_level")), "the webhook was told", 30);
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.Equal(0L, await _app.ReadAsync<long>("select count(*) from notification_outbox where kind = 'alert' and channel = 'email' and data ->> 'alertKind' = 'degradation_level'"));
        Assert.Equal(1L, await _app.ReadAsync<long>("select count(*) from alerts where kind = 'degradation_level'"));

        await _app.FaultAsync("smtp", "ok");
        await AppHost.EventuallyAsync(async () => (string?)(await _ops.AskAsync("/api/ops/v1/degradation")).Json["level"] == "normal", "the level fell", 40);
        await AppHost.EventuallyAsync(() => Task.FromResult(Kinds("resolved").Contains("degradation_level")), "the webhook was told of the end", 40);

        Assert.Single(Kinds("raised"), "degradation_level");
        Assert.Single(Kinds("resolved"), "degradation_level");
        Assert.Equal(1L, await _app.ReadAsync<long>("select count(*) from alerts where kind = 'degradation_level'"));
        var changes = (await _ops.AskAsync("/api/ops/v1/degradation/changes?limit=1")).Json;
        Assert.Equal("normal", (string?)changes["items"]![0]!["to"]);
        var older = (await _ops.AskAsync($"/api/ops/v1/degradation/changes?limit=1&cursor={changes["nextCursor"]}")).Json;
        Assert.Equal("degraded", (string?)older["items"]![0]!["to"]);
        Assert.Equal("smtp", (string?)older["items"]![0]!["causes"]![0]);
        (await _ops.AskAsync("/api/ops/v1/degradation/changes?cursor=x")).MustBeProblem(400, "invalid_cursor");
    }

    [Fact]
    public async Task DeadLetters_BecomeOneAlertWithinSeconds()
    {
        await _app.FaultAsync("smtp", "refuse");
        await QueueMailsAsync(20, recipient: "pelanggan");

        await AppHost.EventuallyAsync(async () => await _app.ReadAsync<long>("select count(*) from outbox_dead") >= 20, "the mails are refused", 30);
        await AppHost.EventuallyAsync(async () => await _app.ReadAsync<long>("select count(*) from alerts where kind = 'messages_dead_lettered' and (data ->> 'count')::int >= 20") == 1, "one alert counts them", 20);

        await AppHost.EventuallyAsync(() => Task.FromResult(Kinds("raised").Contains("messages_dead_lettered")), "it is told", 20);
        Assert.Equal("email 1", await _app.ReadAsync<string>("select string_agg(target, ',') || ' ' || count(*) from alerts where kind = 'messages_dead_lettered'"));
    }

    [Fact]
    public async Task Alerts_InTheOpsApi_ArePagedAndFiltered()
    {
        for (var i = 0; i < 5; i++)
        {
            await RaiseAsync("charged_back", $"BF-{i}", $"charged_back:BF-{i}");
        }

        await AlertRows.ResolveAsync(_app.Services.GetRequiredService<Databases>().Workers, "charged_back:BF-2", TestContext.Current.CancellationToken);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await _ops.AskAsync($"/api/ops/v1/alerts?kind=charged_back&state=open&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}")).Json;
            seen.AddRange(page["items"]!.AsArray().Select(item => (string)item!["target"]!));
            cursor = (string?)page["nextCursor"];
        }
        while (cursor is not null);

        Assert.Equal(["BF-4", "BF-3", "BF-1", "BF-0"], seen);
        Assert.Equal("BF-2", (string?)(await _ops.AskAsync("/api/ops/v1/alerts?state=resolved&kind=charged_back")).Json["items"]![0]!["target"]);
        (await _ops.AskAsync("/api/ops/v1/alerts?state=closed")).MustBeProblem(400, "validation_failed");
        (await _ops.AskAsync("/api/ops/v1/alerts?cursor=YQ")).MustBeProblem(400, "invalid_cursor");
        Assert.Equal(403, (await _app.Storefront.AskAsync("/api/ops/v1/alerts")).Status);
        Assert.Equal(401, (await _app.Anonymous.AskAsync("/api/ops/v1/alerts")).Status);
    }

    private async Task RaiseAsync(string kind, string target, string dedupeKey, params (string Key, string Value)[] data)
    {
        await AlertRows.RaiseAsync(_app.Services.GetRequiredService<Databases>().Workers, kind, AlertSeverity.Critical, target, data.ToDictionary(pair => pair.Key, pair => pair.Value), dedupeKey, TestContext.Current.CancellationToken);
        _app.Services.GetRequiredService<Wakes>().Alerts.Wake();
    }

    private async Task<JsonObject> OpenAlertAsync(string kind) =>
        (await _ops.AskAsync($"/api/ops/v1/alerts?state=open&kind={kind}")).Json["items"]!.AsArray().Single()!.AsObject();

    private static string[] Notices(JsonObject alert) => [.. alert["notices"]!.AsArray().Select(notice => $"{notice!["channel"]} {notice["recipient"]} {notice["status"]}")];

    private Task<Answer> AcknowledgeAsync(long id, string body) => _ops.AskAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/ops/v1/alerts/{id}/acknowledge")
    {
        Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
    });

    private async Task<JsonObject[]> MailsAsync(string subject)
    {
        var messages = await _app.Anonymous.GetFromJsonAsync<JsonArray>("/sandbox/api/messages", TestContext.Current.CancellationToken);
        return [.. messages!.Select(message => message!.AsObject()).Where(message => (string?)message["channel"] == "email" && (string?)message["recipient"] == "ops@buatfilm.test" && (string?)message["subject"] == subject)];
    }

    private List<string> Kinds(string @event) =>
        [.. _listener.Requests.Select(request => JsonNode.Parse(request.Body)!).Where(body => (string?)body["event"] == @event).Select(body => (string)body["kind"]!)];

    private Task QueueMailsAsync(int count, string recipient = "budi") => TestPostgres.ExecuteAsync(
        _app.ConnectionString,
        $$"""
        with m as (
            insert into notification_outbox (order_id, kind, channel, recipient, locale, data, max_attempts)
            select 'BF-' || i, 'payment_received', 'email', '{{recipient}}' || i || '@contoh.id', 'id', jsonb_build_object('orderId', 'BF-' || i, 'grossAmount', '1000'), 8 from generate_series(1, {{count}}) i
            returning id)
        insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit) select id, 'email', app_now(), 0, 8 from m
        """);
}
