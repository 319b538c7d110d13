using BuatFilm.Admin.Features.Operations;
using BuatFilm.Core.Operations;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Operations;

/// <summary>Operations on a real database: what is planned, what is left out, what runs, and what is counted.</summary>
public sealed class RunOperationsTests : IAsyncLifetime
{
    private OperationsBed _bed = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bed = await OperationsBed.CreateAsync();

    public ValueTask DisposeAsync() => _bed.DisposeAsync();

    [Fact]
    public async Task Plan_OfAFilter_CountsWhatItWouldDo()
    {
        await DeadLetters.AddAsync(_bed.ConnectionString, 30, "PAID-");
        await DeadLetters.AddAsync(_bed.ConnectionString, 7, "GONE-", orderStatus: "cancelled");
        await DeadLetters.AddAsync(_bed.ConnectionString, 5, "WA-", channel: "whatsapp");
        await DeadLetters.AddAsync(_bed.ConnectionString, 3, "LINK-", kind: "payment_link");
        await _bed.ExecuteAsync("""
            with again as (
                insert into notification_outbox (order_id, kind, channel, recipient, locale, data, max_attempts)
                select order_id, kind, channel, recipient, locale, data, 8 from notification_outbox where order_id in ('PAID-1', 'PAID-2')
                returning id)
            insert into notification_attempts (message_id, attempt, result, node, ended_at) select id, 1, 'delivered', gen_random_uuid(), app_now() from again
            """);

        var planned = await _bed.PlanAsync();

        Assert.Equal(45, planned.Total);
        Assert.Equal((45, 45), (OperationsBed.Count(planned, "total"), (int)await DeadLetters.CountAsync(_bed.ConnectionString)));
        Assert.Equal("""{"email": 40, "whatsapp": 5}""", planned.Counts.GetProperty("byChannel").GetRawText());
        Assert.Equal((30, 45L * 450_000), (OperationsBed.Count(planned, "customers"), planned.Counts.GetProperty("amount").GetInt64()));
        Assert.Equal((2, 7, 3), (OperationsBed.Count(planned, "alreadyDelivered"), OperationsBed.Count(planned, "orderCancelled"), OperationsBed.Count(planned, "orderPaid")));
        Assert.True(planned.Counts.GetProperty("oldest").GetDateTimeOffset() <= planned.Counts.GetProperty("newest").GetDateTimeOffset());
        Assert.Equal(45L, await _bed.ReadAsync<long>("select count(*) from operation_items where operation_id = $1 and state = 'planned'", planned.Id));
        Assert.Equal(OperationState.Planned, (await _bed.FindAsync(planned.Id)).State);
        Assert.Equal(0L, await _bed.ReadAsync<long>("select count(*) from outbox_queue"));
        Assert.Equal(0L, await _bed.ReadAsync<long>("select count(*) from audit_log")); // Nothing has happened yet.
    }

    [Theory]
    [InlineData("channel", 4)]
    [InlineData("kind", 2)]
    [InlineData("code", 3)]
    [InlineData("order", 1)]
    [InlineData("search", 3)]
    [InlineData("cause", 0)]
    [InlineData("since", 9)]
    [InlineData("until", 0)]
    [InlineData("two", 2)]
    public async Task Plan_OfAFilter_MeansWhatFits(string filter, int expected)
    {
        await DeadLetters.AddAsync(_bed.ConnectionString, 3, "A-", code: "552");
        await DeadLetters.AddAsync(_bed.ConnectionString, 2, "B-", kind: "payment_link");
        await DeadLetters.AddAsync(_bed.ConnectionString, 4, "C-", channel: "whatsapp");
        var hourAgo = new DateTimeOffset(await _bed.ReadAsync<DateTime>("select app_now() - interval '1 hour'"));

        var planned = await _bed.PlanAsync(filter switch
        {
            "channel" => new DeadLetterFilter(Channel.Whatsapp),
            "kind" => new DeadLetterFilter(Kind: "payment_link"),
            "code" => new DeadLetterFilter(Code: "552"),
            "order" => new DeadLetterFilter(OrderId: "C-2"),
            "search" => new DeadLetterFilter(Search: "budi1@"),
            "cause" => new DeadLetterFilter(Cause: "attempts_used_up"),
            "since" => new DeadLetterFilter(DeadAfter: hourAgo),
            "until" => new DeadLetterFilter(DeadBefore: hourAgo),
            "two" => new DeadLetterFilter(Channel.Email, Search: "mailbox", Kind: "payment_link"),
            _ => throw new ArgumentOutOfRangeException(nameof(filter)),
        });

        // The WhatsApp messages go to the numbers, not to budi1@.
        Assert.Equal(filter == "search" ? 2 : expected, planned.Total);
    }

    [Fact]
    public async Task Plan_OfIds_HasEachOnceAndSaysWhichAreNotDead()
    {
        var ids = await DeadLetters.AddAsync(_bed.ConnectionString, 4, "IDS-");

        var planned = await _bed.PlanAsync([ids[0], ids[2], 987_654_321]);

        Assert.Equal((2, 1), (planned.Total, OperationsBed.Count(planned, "notDead")));
        Assert.Equal([ids[0], ids[2]], await _bed.ReadAsync<long[]>("select array_agg(target_id order by position) from operation_items where operation_id = $1", planned.Id));
    }

    [Fact]
    public async Task Run_RequeuesEveryItemOnce_AndCountsAddUp()
    {
        await DeadLetters.AddAsync(_bed.ConnectionString, 2_500, "RUN-");
        await _bed.ExecuteAsync("update outbox_dead set attempt = 5 where message_id % 2 = 0");

        var operation = await _bed.RequeueAsync();

        Assert.Equal((OperationState.Finished, 2_500, 2_500, 0), (operation.State, operation.Total, operation.Done, operation.Skipped));
        Assert.Equal(2_500L, await _bed.ReadAsync<long>("select count(*) from outbox_queue where attempt_limit = attempt + 8 and not is_stalled and lease_owner is null and attempt = case when message_id % 2 = 0 then 5 else 1 end"));
        Assert.Equal(0L, await DeadLetters.CountAsync(_bed.ConnectionString));
        Assert.Equal(2_500L, await _bed.ReadAsync<long>("select count(*) from operation_items where state = 'done' and ended_at is not null and reason is null"));
        Assert.Equal(2_500L, await _bed.ReadAsync<long>("select count(*) from notification_attempts")); // The history stays.
        Assert.Equal("{}", OperationsBed.Counts(operation).GetProperty("skippedBy").GetRawText());
        Assert.Null(operation.LeaseOwner);
        Assert.NotNull(operation.FinishedAt);
        Assert.Equal(["operations:start api:test", "operation_finished system"], await _bed.ReadAsync<string[]>("select array_agg(action || ' ' || actor order by id) from audit_log"));
        Assert.Equal("2500 0", await _bed.ReadAsync<string>("select (data ->> 'done') || ' ' || (data ->> 'skipped') from audit_log where action = 'operation_finished'"));
    }

    [Fact]
    public async Task Run_OfNothing_IsFinishedAtOnce()
    {
        var operation = await _bed.RequeueAsync();

        Assert.Equal((OperationState.Finished, 0, 0, 0), (operation.State, operation.Total, operation.Done, operation.Skipped));
    }

    [Fact]
    public async Task Run_SpreadsTheDueTimes_AndTwoOperationsLineUp()
    {
        _bed.Options.RequeuePerSecond.Email = 10;
        _bed.Options.RequeuePerSecond.WhatsApp = 100;
        await DeadLetters.AddAsync(_bed.ConnectionString, 30, "ONE-");
        await DeadLetters.AddAsync(_bed.ConnectionString, 30, "WA-", channel: "whatsapp");
        await _bed.RequeueAsync();
        await DeadLetters.AddAsync(_bed.ConnectionString, 20, "TWO-");
        await _bed.RequeueAsync();

        const string Span = "select extract(epoch from max(due_at) - min(due_at))::float8 from outbox_queue where channel = $1";
        Assert.Equal(4.9, await _bed.ReadAsync<double>(Span, "email"), 3);
        Assert.Equal(0.29, await _bed.ReadAsync<double>(Span, "whatsapp"), 3);
        Assert.Equal(1L, await _bed.ReadAsync<long>("select max(count) from (select count(*) from outbox_queue where channel = 'email' group by due_at) t"));
        Assert.InRange(await _bed.ReadAsync<double>("select extract(epoch from app_now() - min(due_at))::float8 from outbox_queue"), 0, 30); // The first is due now.

        // The oldest first.
        Assert.True(await _bed.ReadAsync<bool>("select bool_and(due_at > earlier) from (select due_at, lag(due_at) over (order by message_id) as earlier from outbox_queue where channel = 'email') t where earlier is not null"));
    }

    [Fact]
    public async Task Run_SkipsWhatChangedSinceThePlan()
    {
        var ids = await DeadLetters.AddAsync(_bed.ConnectionString, 10, "CHANGED-");
        var planned = await _bed.PlanAsync();
        await _bed.ExecuteAsync($"delete from outbox_dead where message_id = {ids[3]}; update outbox_dead set attempt = 9 where message_id in ({ids[4]}, {ids[5]})");

        await _bed.StartAsync(planned.Id);
        await _bed.Node().Run.ExecuteAsync(Token);
        var operation = await _bed.FindAsync(planned.Id);

        Assert.Equal((7, 3), (operation.Done, operation.Skipped));
        Assert.Equal("""{"changed": 2, "not_dead": 1}""", OperationsBed.Counts(operation).GetProperty("skippedBy").GetRawText());
        Assert.Equal([ids[4], ids[5]], await _bed.ReadAsync<long[]>("select array_agg(message_id order by message_id) from outbox_dead"));
        var skipped = await _bed.Queries.ReceiptAsync(planned.Id, OperationItemState.Skipped, 0, 100, Token);
        Assert.Equal([(4, "not_dead"), (5, "changed"), (6, "changed")], skipped.Select(line => (line.Position, line.Reason!)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_LeavesHarmOutOnlyIfAsked(bool asked)
    {
        await DeadLetters.AddAsync(_bed.ConnectionString, 3, "FINE-");
        await DeadLetters.AddAsync(_bed.ConnectionString, 2, "GONE-", orderStatus: "refunded");
        await DeadLetters.AddAsync(_bed.ConnectionString, 1, "LINK-", kind: "payment_link");
        await _bed.ExecuteAsync("""
            with again as (
                insert into notification_outbox (order_id, kind, channel, recipient, locale, data, max_attempts)
                select order_id, kind, channel, recipient, locale, data, 8 from notification_outbox where order_id = 'FINE-2'
                returning id)
            insert into notification_attempts (message_id, attempt, result, node, ended_at) select id, 1, 'delivered', gen_random_uuid(), app_now() from again
            """);

        var operation = await _bed.RequeueAsync(null, asked ? Enum.GetValues<RequeueHarm>() : []);

        Assert.Equal(asked ? (2, 4) : (6, 0), (operation.Done, operation.Skipped));
        Assert.Equal(asked ? """{"order_paid": 1, "order_cancelled": 2, "already_delivered": 1}""" : "{}", OperationsBed.Counts(operation).GetProperty("skippedBy").GetRawText());
    }

    [Fact]
    public async Task Start_CanLeaveOutWhatThePlanDidNot()
    {
        await DeadLetters.AddAsync(_bed.ConnectionString, 2, "GONE-", orderStatus: "expired");
        var planned = await _bed.PlanAsync();

        await _bed.StartAsync(planned.Id, exclude: [RequeueHarm.OrderCancelled]);
        await _bed.Node().Run.ExecuteAsync(Token);

        Assert.Equal(2, (await _bed.FindAsync(planned.Id)).Skipped);
    }

    [Fact]
    public async Task Start_OfWhatIsNoPlanAnyMore_IsRefused()
    {
        var planned = await _bed.PlanAsync();
        Assert.Equal(StartResult.NotFound, (await _bed.StartAsync(Guid.NewGuid())).Result);

        Assert.Equal(StartResult.Started, (await _bed.StartAsync(planned.Id)).Result);
        Assert.Equal((StartResult.NotPlanned, OperationState.Running), await ResultAsync(planned.Id));
        await _bed.Node().Run.ExecuteAsync(Token);
        Assert.Equal((StartResult.NotPlanned, OperationState.Finished), await ResultAsync(planned.Id));

        var old = await _bed.PlanAsync();
        await MigratedDatabase.MoveClockAsync(_bed.ConnectionString, _bed.Options.PlanLifetime + TimeSpan.FromSeconds(5));
        Assert.Equal((StartResult.Expired, OperationState.Planned), await ResultAsync(old.Id));
        Assert.Equal(["operation_not_planned", "operation_not_planned", "plan_expired"], _bed.Refused.TakeAll().SelectMany(pair => Enumerable.Repeat(pair.Key.Reason, pair.Value)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Start_ByTwoAtOnce_IsOne()
    {
        await DeadLetters.AddAsync(_bed.ConnectionString, 5, "TWICE-");
        var planned = await _bed.PlanAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _bed.StartAsync(planned.Id)));

        Assert.Single(outcomes, outcome => outcome.Result == StartResult.Started);
        Assert.Equal(1L, await _bed.ReadAsync<long>("select count(*) from audit_log where action = 'operations:start'"));
    }

    [Fact]
    public async Task Cancel_WithinTheUndoWindow_ChangesNothing()
    {
        await DeadLetters.AddAsync(_bed.ConnectionString, 20, "UNDO-");
        var before = await _bed.ReadAsync<string>("select string_agg(d::text, ';' order by message_id) from outbox_dead d");
        var planned = await _bed.PlanAsync();
        var started = await _bed.StartAsync(planned.Id, delay: TimeSpan.FromSeconds(10));
        await _bed.Node().Run.ExecuteAsync(Token); // Too early.

        var cancelled = await _bed.CancelOperation.ExecuteAsync(People.Operator("siti"), planned.Id, "wrong filter", Token);
        await MigratedDatabase.MoveClockAsync(_bed.ConnectionString, TimeSpan.FromMinutes(1));
        await _bed.Node().Run.ExecuteAsync(Token);

        Assert.InRange(started.RunsAt!.Value - (await _bed.FindAsync(planned.Id)).StartedAt!.Value, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
        Assert.Equal((true, 0, 0), (cancelled!.IsCancelled, cancelled.Done, cancelled.Skipped));
        Assert.Equal(OperationState.Cancelled, (await _bed.FindAsync(planned.Id)).State);
        Assert.Equal(before, await _bed.ReadAsync<string>("select string_agg(d::text, ';' order by message_id) from outbox_dead d"));
        Assert.Equal(0L, await _bed.ReadAsync<long>("select count(*) from outbox_queue"));
        Assert.Equal(20L, await _bed.ReadAsync<long>("select count(*) from operation_items where state = 'planned'"));
        Assert.Equal("operation_cancelled siti wrong filter", await _bed.ReadAsync<string>("select concat_ws(' ', action, actor, reason) from audit_log order by id desc limit 1"));
    }

    [Fact]
    public async Task Cancel_OfAPlanThatSomebodyElseHasStarted_LeavesItRunning()
    {
        await DeadLetters.AddAsync(_bed.ConnectionString, 3, "MINE-");
        var planned = await _bed.PlanAsync();
        await _bed.StartAsync(planned.Id);

        var cancelled = await _bed.CancelOperation.ExecuteAsync(People.Operator("siti"), planned.Id, "thought better of it", Token, isOnlyPlan: true);
        await _bed.Node().Run.ExecuteAsync(Token);

        Assert.Equal((false, OperationState.Running), (cancelled!.IsCancelled, cancelled.State));
        Assert.Equal(OperationState.Finished, (await _bed.FindAsync(planned.Id)).State);
        Assert.Equal(3L, await _bed.ReadAsync<long>("select count(*) from outbox_queue"));
    }

    [Fact]
    public async Task Start_ThatSaysNothingOfADelay_CanBeUndoneForTenSeconds()
    {
        var planned = await _bed.PlanAsync();

        await _bed.StartOperation.ExecuteAsync(People.Operator("siti"), planned.Id, new OperationStart("", null, null), Token);

        var operation = await _bed.FindAsync(planned.Id);
        Assert.Equal(TimeSpan.FromSeconds(10), operation.RunsAt - operation.StartedAt);
        Assert.InRange((await _bed.Node().Rows.NextAsync(Token))!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Cancel_InTheMiddle_StopsTheRest()
    {
        await DeadLetters.AddAsync(_bed.ConnectionString, 2_500, "HALF-");
        var planned = await _bed.PlanAsync();
        await _bed.StartAsync(planned.Id);
        var (run, rows, id) = _bed.Node();
        Assert.Equal([planned.Id], await rows.ClaimAsync(id, Token));
        Assert.Equal(1_000, (await rows.RunBatchAsync(planned.Id, id, _bed.Options.RequeuePerSecond, Token))!.Done);

        var cancelled = await _bed.CancelOperation.ExecuteAsync(People.Operator("siti"), planned.Id, null, Token);

        Assert.Null(await rows.RunBatchAsync(planned.Id, id, _bed.Options.RequeuePerSecond, Token));
        await run.ExecuteAsync(Token);
        Assert.Equal((true, 1_000, 0, 2_500), (cancelled!.IsCancelled, cancelled.Done, cancelled.Skipped, cancelled.Total));
        Assert.Equal(1_000L, await _bed.ReadAsync<long>("select count(*) from outbox_queue"));
        Assert.Equal(1_500L, await DeadLetters.CountAsync(_bed.ConnectionString));

        var again = await _bed.CancelOperation.ExecuteAsync(People.Operator("siti"), planned.Id, null, Token);
        Assert.Equal((false, OperationState.Cancelled), (again!.IsCancelled, again.State));
        Assert.Null(await _bed.CancelOperation.ExecuteAsync(People.Operator("siti"), Guid.NewGuid(), null, Token));
    }

    [Fact]
    public async Task Run_AfterItsNodeDied_GoesOnElsewhereWhereItEnded()
    {
        await DeadLetters.AddAsync(_bed.ConnectionString, 2_500, "DEAD-");
        var planned = await _bed.PlanAsync();
        await _bed.StartAsync(planned.Id);
        var (_, deadRows, dead) = _bed.Node();
        await deadRows.ClaimAsync(dead, Token);
        await deadRows.RunBatchAsync(planned.Id, dead, _bed.Options.RequeuePerSecond, Token);

        var (run, rows, _) = _bed.Node();
        await run.ExecuteAsync(Token);
        Assert.Equal(1_000, (await _bed.FindAsync(planned.Id)).Done); // Another's lease.
        Assert.Equal(1, await rows.ReleaseAsync(dead, Token));
        await run.ExecuteAsync(Token);

        Assert.Equal((OperationState.Finished, 2_500), ((await _bed.FindAsync(planned.Id)).State, (await _bed.FindAsync(planned.Id)).Done));
        Assert.Null(await deadRows.RunBatchAsync(planned.Id, dead, _bed.Options.RequeuePerSecond, Token)); // Fenced off.
        Assert.Equal(2_500L, await _bed.ReadAsync<long>("select count(*) from outbox_queue"));
        Assert.Equal(1L, await _bed.ReadAsync<long>("select count(*) from audit_log where action = 'operation_finished'"));
    }

    [Fact]
    public async Task Run_WhoseLeaseRanOut_IsTakenOver()
    {
        await DeadLetters.AddAsync(_bed.ConnectionString, 10, "LEASE-");
        var planned = await _bed.PlanAsync();
        await _bed.StartAsync(planned.Id);
        var (_, rows, id) = _bed.Node();
        await rows.ClaimAsync(id, Token);

        await MigratedDatabase.MoveClockAsync(_bed.ConnectionString, TimeSpan.FromSeconds(31));
        await _bed.Node().Run.ExecuteAsync(Token);

        Assert.Equal(OperationState.Finished, (await _bed.FindAsync(planned.Id)).State);
        Assert.Null(await rows.RunBatchAsync(planned.Id, id, _bed.Options.RequeuePerSecond, Token));
    }

    [Fact]
    public async Task Run_OfALargeOne_LetsASmallOnePass()
    {
        await DeadLetters.AddAsync(_bed.ConnectionString, 6_000, "LARGE-");
        var large = await _bed.PlanAsync();
        var small = await _bed.PlanAsync(new DeadLetterFilter(OrderId: "LARGE-5999"));
        await _bed.StartAsync(large.Id);
        await _bed.StartAsync(small.Id);

        await _bed.Node().Run.ExecuteAsync(Token);

        var (first, last) = (await _bed.FindAsync(small.Id), await _bed.FindAsync(large.Id));
        Assert.True(first.FinishedAt < last.FinishedAt);
        Assert.Equal((1, 5_999, 1), (first.Done, last.Done, last.Skipped));
    }

    [Fact]
    public async Task Run_WithoutASession_ClaimsNothing()
    {
        var planned = await _bed.PlanAsync();
        await _bed.StartAsync(planned.Id);
        var rows = new OperationRows(_bed.Databases.Workers);
        var run = new RunOperations(rows, new Admin.Data.LeaseHolder(), _bed.Wakes, Microsoft.Extensions.Options.Options.Create(_bed.Options), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<RunOperations>.Instance);

        await run.ExecuteAsync(Token);

        Assert.Equal(OperationState.Running, (await _bed.FindAsync(planned.Id)).State);
    }

    [Fact]
    public async Task Batch_OfWhichThingsGoWrong_KeepsNothing()
    {
        await DeadLetters.AddAsync(_bed.ConnectionString, 3, "WRONG-");
        var planned = await _bed.PlanAsync();
        await _bed.StartAsync(planned.Id);
        await _bed.ExecuteAsync("create function fail() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$; create trigger fail before insert on audit_log for each row execute function fail()");

        await _bed.Node().Run.ExecuteAsync(Token);
        Assert.Equal(3L, await DeadLetters.CountAsync(_bed.ConnectionString));
        Assert.Equal(0, (await _bed.FindAsync(planned.Id)).Done);

        await _bed.ExecuteAsync("drop trigger fail on audit_log");
        await _bed.Node().Run.ExecuteAsync(Token);
        Assert.Equal((OperationState.Finished, 3), ((await _bed.FindAsync(planned.Id)).State, (await _bed.FindAsync(planned.Id)).Done));
    }

    [Fact]
    public async Task CleanUp_RemovesOldPlansAndTheWordsOfWhatIsNotDead()
    {
        var ids = await DeadLetters.AddAsync(_bed.ConnectionString, 5, "CLEAN-");
        var (old, started) = (await _bed.PlanAsync(), await _bed.PlanAsync(new DeadLetterFilter(OrderId: "CLEAN-1")));
        await _bed.StartAsync(started.Id);
        await _bed.Node().Run.ExecuteAsync(Token);
        await MigratedDatabase.MoveClockAsync(_bed.ConnectionString, TimeSpan.FromHours(26));
        var young = await _bed.PlanAsync();
        var job = new CleanUpOperationsJob(_bed.Databases, Microsoft.Extensions.Options.Options.Create(_bed.Options), Microsoft.Extensions.Logging.Abstractions.NullLogger<CleanUpOperationsJob>.Instance);

        await job.ExecuteAsync(Token);

        Assert.Equal(new[] { started.Id, young.Id }.Order(), (await _bed.ReadAsync<Guid[]>("select array_agg(id) from operations")).Order());
        Assert.Equal(0L, await _bed.ReadAsync<long>("select count(*) from operation_items where operation_id = $1", old.Id));
        Assert.Equal(5L, await _bed.ReadAsync<long>("select count(*) from operation_items"));
        Assert.Equal(ids[1..], await _bed.ReadAsync<long[]>("select array_agg(message_id order by message_id) from outbox_dead_words"));
    }

    private async Task<(StartResult, OperationState?)> ResultAsync(Guid id)
    {
        var outcome = await _bed.StartAsync(id);
        return (outcome.Result, outcome.State);
    }
}
