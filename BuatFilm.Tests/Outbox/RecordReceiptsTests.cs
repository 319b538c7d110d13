using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Outbox;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace BuatFilm.Tests.Outbox;

/// <summary>What reports do to receipts and messages, on a real database.</summary>
public sealed class RecordReceiptsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 27, 5, 0, 0, TimeSpan.Zero);
    private static readonly Guid Owner = Guid.NewGuid();

    private TestDatabase _database = null!;
    private Databases _databases = null!;
    private OutboxQueue _queue = null!;
    private Wakes _wakes = null!;
    private RecordReceipts _record = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await MigratedDatabase.CreateAsync();
        _databases = new Databases(new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:BuatFilm", _database.ConnectionString)]).Build());
        _queue = new OutboxQueue(_databases.Workers);
        _wakes = new Wakes();
        _record = new RecordReceipts(_databases, NodeIdentity.OfThisProcess(TimeProvider.System), _wakes, NullLogger<RecordReceipts>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _databases.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("sent delivered read", "read")]
    [InlineData("read sent", "read")]
    [InlineData("delivered sent", "delivered")]
    [InlineData("sent failed", "failed")]
    [InlineData("failed sent", "failed")]
    [InlineData("delivered failed", "delivered")]
    [InlineData("read failed", "read")]
    [InlineData("failed delivered", "delivered")]
    [InlineData("read", "read")]
    public async Task Reports_InEveryOrderAndTwice_NeverGoBack(string words, string expected)
    {
        var statuses = words.Split(' ');
        var rank = new[] { "sent", "failed", "delivered", "read" };
        foreach (var (index, permutation) in Permutations([.. statuses]).Index())
        {
            var id = $"wamid.{index}";
            var highest = -1;
            foreach (var status in permutation.SelectMany(status => new[] { status, status }).Concat(permutation))
            {
                await _record.ExecuteAsync([Report(id, status)], Token);

                var standing = Array.IndexOf(rank, await ReadAsync<string>($"select status from message_receipts where provider_id = '{id}'"));
                Assert.True(standing >= highest, $"{string.Join(" > ", permutation)}: it went back at '{status}'.");
                highest = standing;
            }

            Assert.Equal((string.Join(" > ", permutation), expected), (string.Join(" > ", permutation), rank[highest]));
        }

        // Each known status has its own time, a late one too; a failure only where nothing better was known before.
        foreach (var status in statuses.Where(status => status != "failed"))
        {
            Assert.Equal(0L, await ReadAsync<long>($"select count(*) from message_receipts where {status}_at is distinct from '{At(status):O}'"));
        }
    }

    [Fact]
    public async Task Reports_OfOneWebhook_CountTogether()
    {
        await _record.ExecuteAsync([Report("wamid.A", "read"), Report("wamid.A", "failed"), Report("wamid.B", "sent"), Report("wamid.A", "sent"), Report("wamid.B", "sent")], Token);

        Assert.Equal("wamid.A:read, wamid.B:sent", await ReadAsync<string>("select string_agg(provider_id || ':' || status, ', ' order by provider_id) from message_receipts"));
        Assert.Equal(1L, await ReadAsync<long>("select count(*) from message_receipts where provider_id = 'wamid.A' and sent_at is not null and failed_at is null and code is null"));
    }

    [Fact]
    public async Task Duplicates_ChangeNothing()
    {
        var message = await SentAsync("wamid.A");
        await _record.ExecuteAsync([Report("wamid.A", "sent", message), Report("wamid.B", "failed")], Token);
        var before = await DumpAsync();

        await MoveAsync(TimeSpan.FromMinutes(5));
        await _record.ExecuteAsync([Report("wamid.A", "sent", message), Report("wamid.B", "failed")], Token);
        await _record.ExecuteAsync([Report("wamid.B", "failed")], Token);

        Assert.Equal(before, await DumpAsync());
    }

    [Fact]
    public async Task Report_BeforeOurOwnMark_FindsItsMessage()
    {
        var claimed = await ClaimedAsync();

        await _record.ExecuteAsync([Report("wamid.A", "delivered", Reference(claimed))], Token);
        await CompleteAsync(claimed, DeliveryOutcome.Delivered("wamid.A"));

        Assert.Equal(claimed.Message.Id, await ReadAsync<long>("select message_id from message_receipts"));
        Assert.Equal("SENT", await StatusAsync());
        Assert.Equal(1L, await ReadAsync<long>("select count(*) from notification_attempts"));
    }

    [Fact]
    public async Task Report_OfAnotherInstallationsMessage_IsKeptWithoutAMessage()
    {
        var message = await SentAsync("wamid.A");

        await _record.ExecuteAsync([Report("wamid.X", "failed", message with { MessageId = Guid.NewGuid() })], Token);

        Assert.Equal("SENT", await StatusAsync());
        Assert.Equal(1L, await ReadAsync<long>("select count(*) from message_receipts where message_id is null and status = 'failed'"));
    }

    [Fact]
    public async Task Failure_OfASentMessage_MakesItADeadLetterWithMetasWords()
    {
        var message = await SentAsync("wamid.A");

        await _record.ExecuteAsync([Report("wamid.A", "sent", message)], Token);
        await _record.ExecuteAsync([Report("wamid.A", "failed", message)], Token);

        Assert.Equal("DLQ", await StatusAsync());
        Assert.Equal("undeliverable 2", await ReadAsync<string>("select cause || ' ' || attempt from outbox_dead"));
        Assert.Equal("1 delivered -, 2 refused 131026", await AttemptsAsync());
        Assert.Equal("131026 Not on WhatsApp wamid.A", await ReadAsync<string>("select last_code || ' ' || last_error || ' ' || (select provider_id from notification_attempts where attempt = 2) from outbox_overview"));
        Assert.True(await _wakes.Alerts.WaitAsync(TimeSpan.Zero, TimeProvider.System, Token));
    }

    [Fact]
    public async Task Failure_WhoseReportNamesNoMessage_IsThatOfTheReceipt()
    {
        var message = await SentAsync("wamid.A");
        await _record.ExecuteAsync([Report("wamid.A", "sent", message)], Token);

        await _record.ExecuteAsync([Report("wamid.A", "failed")], Token);

        Assert.Equal("DLQ", await StatusAsync());
    }

    [Fact]
    public async Task Failure_ToldAgain_AlsoAfterARequeue_ChangesNothing()
    {
        var message = await SentAsync("wamid.A");
        await _record.ExecuteAsync([Report("wamid.A", "failed", message)], Token);
        await _record.ExecuteAsync([Report("wamid.A", "failed", message)], Token);
        Assert.Equal("1 delivered -, 2 refused 131026", await AttemptsAsync());

        await RequeueAsync();
        await _record.ExecuteAsync([Report("wamid.A", "failed", message)], Token);
        Assert.Equal("RETRYING", await StatusAsync());

        var again = await ClaimAsync();
        await _record.ExecuteAsync([Report("wamid.A", "failed", message)], Token);
        Assert.Equal("PROCESSING", await StatusAsync());

        await CompleteAsync(again, DeliveryOutcome.Delivered("wamid.B"));
        await _record.ExecuteAsync([Report("wamid.A", "failed", message)], Token);
        Assert.Equal("SENT", await StatusAsync());
        Assert.Equal("1 delivered -, 2 refused 131026, 3 delivered -", await AttemptsAsync());
    }

    [Theory]
    [InlineData("delivered")]
    [InlineData("read")]
    public async Task Failure_OfWhatWasDelivered_ChangesNothing(string arrived)
    {
        var message = await SentAsync("wamid.A");
        await _record.ExecuteAsync([Report("wamid.A", arrived, message)], Token);
        await _record.ExecuteAsync([Report("wamid.A", "failed", message)], Token);

        Assert.Equal("SENT", await StatusAsync());
        Assert.Equal(0L, await ReadAsync<long>("select count(*) from outbox_dead"));
    }

    [Fact]
    public async Task Failure_OfOneCopy_WhileAnotherArrived_ChangesNothing()
    {
        // The first answer was lost, so it went out twice.
        var first = await ClaimedAsync();
        await CompleteAsync(first, new DeliveryOutcome(DeliveryResult.Unknown, ServiceVerdict.Outage, "timeout"));
        await MoveAsync(TimeSpan.FromDays(1));
        var second = await ClaimAsync();
        await CompleteAsync(second, DeliveryOutcome.Delivered("wamid.B"));

        await _record.ExecuteAsync([Report("wamid.A", "delivered", Reference(first))], Token);
        await _record.ExecuteAsync([Report("wamid.B", "failed", Reference(second))], Token);

        Assert.Equal("SENT", await StatusAsync());
    }

    [Fact]
    public async Task Failure_OfAMessageThatWaitsForAnotherAttempt_LeavesItThere()
    {
        var first = await ClaimedAsync();
        await CompleteAsync(first, new DeliveryOutcome(DeliveryResult.Unknown, ServiceVerdict.Outage, "timeout"));

        await _record.ExecuteAsync([Report("wamid.A", "failed", Reference(first))], Token);

        Assert.Equal("RETRYING", await StatusAsync());
        Assert.Equal(0L, await ReadAsync<long>("select count(*) from outbox_dead"));
    }

    [Fact]
    public async Task Failure_BeforeOurOwnMark_EndsTheAttempt_AndTheMarkIsTooLate()
    {
        var claimed = await ClaimedAsync();

        await _record.ExecuteAsync([Report("wamid.A", "failed", Reference(claimed))], Token);
        var mine = await CompleteAsync(claimed, DeliveryOutcome.Delivered("wamid.A"));

        Assert.Empty(mine);
        Assert.Equal("DLQ", await StatusAsync());
        Assert.Equal("1 refused 131026", await AttemptsAsync());
    }

    [Fact]
    public async Task Failures_WhileOurOwnMarksAreWritten_AreNeverLost()
    {
        var claimed = await ClaimedAsync(200);
        await Parallel.ForEachAsync(claimed.Chunk(5), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (group, _) =>
        {
            var marking = Task.WhenAll(group.Select(message => _queue.CompleteAsync([Ended(message, DeliveryOutcome.Delivered($"wamid.{message.Message.Id}"))], Owner, Token)));
            await _record.ExecuteAsync([.. group.Select(message => Report($"wamid.{message.Message.Id}", "failed", Reference(message)))], Token);
            await marking;
        });

        Assert.Equal(200L, await ReadAsync<long>("select count(*) from outbox_dead where cause = 'undeliverable'"));
        Assert.Equal(0L, await ReadAsync<long>("select count(*) from outbox_queue"));
        Assert.Equal(200L, await ReadAsync<long>("select count(*) from notification_attempts where result = 'refused' and code = '131026'"));
    }

    [Theory]
    [InlineData("sent")]
    [InlineData("read")]
    public async Task Success_OfAnAttemptWhoseEndIsUnknown_EndsTheMessage(string status)
    {
        var claimed = await ClaimedAsync();
        await CompleteAsync(claimed, new DeliveryOutcome(DeliveryResult.Unknown, ServiceVerdict.Outage, "timeout"));

        await _record.ExecuteAsync([Report("wamid.A", status, Reference(claimed))], Token);

        Assert.Equal("SENT", await StatusAsync());
        Assert.Equal("1 unknown timeout, 2 delivered -", await AttemptsAsync());

        // And what was confirmed may fail like anything else that was sent.
        if (status == "sent")
        {
            await _record.ExecuteAsync([Report("wamid.A", "failed", Reference(claimed))], Token);
            Assert.Equal("DLQ", await StatusAsync());
            Assert.Equal("1 unknown timeout, 2 delivered -, 3 refused 131026", await AttemptsAsync());
        }
    }

    [Fact]
    public async Task Success_OfAnAttemptWhoseNodeDied_EndsTheMessage()
    {
        var claimed = await ClaimedAsync();
        await _queue.ReleaseAsync(Owner, Token);

        await _record.ExecuteAsync([Report("wamid.A", "sent", Reference(claimed))], Token);

        Assert.Equal("SENT", await StatusAsync());
        Assert.Equal("1 delivered -", await AttemptsAsync());
    }

    [Fact]
    public async Task Success_OfAnEarlierAttempt_LeavesOneThatIsUnderWay()
    {
        var first = await ClaimedAsync();
        await CompleteAsync(first, new DeliveryOutcome(DeliveryResult.Unknown, ServiceVerdict.Outage, "timeout"));
        await MoveAsync(TimeSpan.FromDays(1));
        await ClaimAsync();

        await _record.ExecuteAsync([Report("wamid.A", "sent", Reference(first))], Token);

        Assert.Equal("PROCESSING", await StatusAsync());
    }

    [Fact]
    public async Task Success_OfAnAttemptThatWasRefused_LeavesTheMessageWaiting()
    {
        var claimed = await ClaimedAsync();
        await CompleteAsync(claimed, new DeliveryOutcome(DeliveryResult.Failed, ServiceVerdict.Outage, "131000"));

        await _record.ExecuteAsync([Report("wamid.A", "sent", Reference(claimed))], Token);

        Assert.Equal("RETRYING", await StatusAsync());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static DateTimeOffset At(string status) => Noon.AddMinutes(status switch
    {
        "sent" => 1,
        "delivered" => 2,
        "read" => 3,
        _ => 4,
    });

    private static WhatsAppReport Report(string id, string status, WhatsAppReference? reference = null) => new(
        id,
        BuatFilm.Core.WireName<ReceiptStatus>.Parse(status),
        At(status),
        reference,
        status == "failed" ? "131026" : null,
        status == "failed" ? "Not on WhatsApp" : null);

    private static WhatsAppReference Reference(ClaimedMessage claimed) => new(claimed.Message.Id, claimed.Message.MessageId, claimed.Message.Attempt);

    private static Completion Ended(ClaimedMessage claimed, DeliveryOutcome outcome) =>
        new(claimed, outcome, new DeliveryPolicy(new Core.Retries.Backoff(TimeSpan.FromSeconds(30), TimeSpan.FromHours(4))).After(outcome, claimed.Message.Attempt, claimed.AttemptLimit, claimed.Tried, 0));

    private static IEnumerable<List<string>> Permutations(List<string> items) => items.Count <= 1
        ? [items]
        : items.SelectMany((item, index) => Permutations([.. items.Where((_, other) => other != index)]).Select(rest => (List<string>)[item, .. rest]));

    private async Task<WhatsAppReference> SentAsync(string providerId)
    {
        var claimed = await ClaimedAsync();
        await CompleteAsync(claimed, DeliveryOutcome.Delivered(providerId));
        return Reference(claimed);
    }

    private async Task<ClaimedMessage> ClaimedAsync() => (await ClaimedAsync(1)).Single();

    private async Task<List<ClaimedMessage>> ClaimedAsync(int count)
    {
        await TestPostgres.ExecuteAsync(_database.ConnectionString, $$"""
            with m as (
                insert into notification_outbox (kind, channel, recipient, locale, data, max_attempts)
                select 'payment_received', 'whatsapp', '+6281234567890', 'id', '{}', 8 from generate_series(1, {{count}})
                returning id, channel, max_attempts)
            insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit)
            select id, channel, app_now() - interval '1 second', 0, max_attempts from m
            """);
        return await _queue.ClaimAsync(Channel.Whatsapp, DateTimeOffset.MinValue, count, Owner, TimeSpan.FromMinutes(10), Token);
    }

    private async Task<ClaimedMessage> ClaimAsync() => (await _queue.ClaimAsync(Channel.Whatsapp, DateTimeOffset.MinValue, 1, Owner, TimeSpan.FromMinutes(10), Token)).Single();

    private Task<HashSet<long>> CompleteAsync(ClaimedMessage claimed, DeliveryOutcome outcome) => _queue.CompleteAsync([Ended(claimed, outcome)], Owner, Token);

    /// <summary>As an operator's requeue does.</summary>
    private Task RequeueAsync() => TestPostgres.ExecuteAsync(_database.ConnectionString, """
        with back as (delete from outbox_dead returning message_id, channel, attempt)
        insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit) select message_id, channel, app_now() - interval '1 second', attempt, attempt + 8 from back
        """);

    private Task MoveAsync(TimeSpan ahead) => MigratedDatabase.MoveClockAsync(_database.ConnectionString, ahead);

    private Task<T> ReadAsync<T>(string sql) => MigratedDatabase.ReadAsync<T>(_database.ConnectionString, sql);

    private Task<string> StatusAsync() => ReadAsync<string>("select status from outbox_overview");

    private Task<string> AttemptsAsync() =>
        ReadAsync<string>("select string_agg(attempt || ' ' || result || ' ' || coalesce(code, '-'), ', ' order by attempt) from notification_attempts");

    private Task<string> DumpAsync() => ReadAsync<string>("""
        select (select string_agg(r::text, e'\n' order by r.provider_id) from message_receipts r)
            || (select coalesce(string_agg(a::text, e'\n' order by a.message_id, a.attempt), '') from notification_attempts a)
            || (select coalesce(string_agg(d::text, e'\n'), '') from outbox_dead d)
        """);
}
