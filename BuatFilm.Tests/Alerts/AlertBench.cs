using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Alerts;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Alerts;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Live;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BuatFilm.Tests.Alerts;

/// <summary>A database of its own, and nodes that tell its alerts; nothing is sent.</summary>
internal sealed class AlertBench : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private AlertBench(TestDatabase database)
    {
        _database = database;
        Databases = new Databases(new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:BuatFilm", database.ConnectionString)]).Build());
    }

    public Databases Databases { get; }

    public static async Task<AlertBench> StartAsync() => new(await MigratedDatabase.CreateAsync());

    public async ValueTask DisposeAsync()
    {
        await Databases.DisposeAsync();
        await _database.DisposeAsync();
    }

    public static AlertsOptions Everybody()
    {
        var options = new AlertsOptions { AlertWebhookUrl = "https://hooks.example.com/secret/path" };
        options.AlertEmails.Add("satu@buatfilm.test");
        options.AlertEmails.Add("dua@buatfilm.test");
        options.AlertWhatsApp.Add("+6281234567890");
        return options;
    }

    /// <summary>A node with senders for all channels, each of whose services works.</summary>
    public AlertNode Node(AlertsOptions? options = null)
    {
        var board = Boards.Create(TimeProvider.System);
        var wrapped = Options.Create(options ?? Everybody());
        var wakes = new Wakes();
        IMessageSender[] senders = [new Sender(Channel.Email, ExternalService.Smtp), new Sender(Channel.Whatsapp, ExternalService.WhatsApp), new Sender(Channel.Webhook, null)];
        var tell = new TellAlerts(Databases, new AlertChannels(wrapped, senders, board), AlertWordsTests.Words(), wrapped, wakes, NullLogger<TellAlerts>.Instance);

        return new AlertNode(board, tell, new DeadLetterWatch(Databases, wakes, TimeProvider.System, NullLogger<DeadLetterWatch>.Instance), wakes);
    }

    /// <summary>Raises one that is old enough to be told.</summary>
    public async Task RaiseAsync(string kind, string? target, string dedupeKey, params (string Key, string Value)[] data)
    {
        await AlertRows.RaiseAsync(Databases.Workers, kind, AlertSeverity.Warning, target, data.ToDictionary(pair => pair.Key, pair => pair.Value), dedupeKey, TestContext.Current.CancellationToken);
        await ExecuteAsync($"update alerts set raised_at = app_now() - interval '5 seconds', last_raised_at = app_now() - interval '5 seconds' where dedupe_key = '{dedupeKey}' and resolved_at is null");
    }

    public Task ResolveAsync(string dedupeKey) => AlertRows.ResolveAsync(Databases.Workers, dedupeKey, TestContext.Current.CancellationToken);

    public Task ExecuteAsync(string sql) => TestPostgres.ExecuteAsync(_database.ConnectionString, sql);

    public Task<T> ReadAsync<T>(string sql) => MigratedDatabase.ReadAsync<T>(_database.ConnectionString, sql);

    public Task MoveAsync(TimeSpan ahead) => MigratedDatabase.MoveClockAsync(_database.ConnectionString, ahead);

    /// <summary>Every notice as <c>raised email satu@buatfilm.test</c>, in the order they were written.</summary>
    public async Task<string[]> NoticesAsync() =>
        await ReadAsync<string[]>("select coalesce(array_agg(n.kind || ' ' || m.channel || ' ' || m.recipient order by n.id), array[]::text[]) from alert_notices n join notification_outbox m on m.id = n.message_id");

    /// <summary>What the drain does with a message that was delivered.</summary>
    public Task DeliverAsync(string channel) => ExecuteAsync($"delete from outbox_queue where channel = '{channel}'");

    /// <summary>What the drain does with a message that was refused.</summary>
    public Task BuryAsync(string where) => ExecuteAsync(
        $"""
        with over as (delete from outbox_queue q using notification_outbox m where m.id = q.message_id and {where} returning q.message_id, q.channel),
        tried as (insert into notification_attempts (message_id, attempt, result, code, node, ended_at) select message_id, 1, 'refused', '550', gen_random_uuid(), app_now() from over)
        insert into outbox_dead (message_id, channel, cause, attempt, dead_at) select message_id, channel, 'refused', 1, app_now() from over
        """);

    private sealed record Sender(Channel Channel, ExternalService? Service) : IMessageSender
    {
        public Task<DeliveryOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}

internal sealed record AlertNode(StatusBoard Board, TellAlerts Tell, DeadLetterWatch DeadLetters, Wakes Wakes)
{
    public Task<int> TellAsync() => Tell.ExecuteAsync(TestContext.Current.CancellationToken);

    public Task LookAsync() => DeadLetters.LookAsync(TestContext.Current.CancellationToken);

    public void Break(ExternalService service) => Board.Publish(snapshot => snapshot.WithBreaker(service, BreakerState.Open, Boards.Noon, null));

    public void Mend(ExternalService service) => Board.Publish(snapshot => snapshot.WithBreaker(service, BreakerState.Closed, Boards.Noon, null));
}
