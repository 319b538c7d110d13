using BuatFilm.Admin.Http;
using BuatFilm.Core.Idempotency;

namespace BuatFilm.Tests.Idempotency;

/// <summary>Many at once, dying runs and runs that outlive their lease: always one effect.</summary>
public sealed class IdempotencyRaceTests
{
    private const string Body = """{"total":150000}""";

    [Fact]
    public async Task Keys_TwentyTimesEachAtOnce_ExecuteOnceAndAnswerTheSameBytes()
    {
        await using var app = await IdempotencyApp.StartAsync();
        var keys = Enumerable.Range(0, 100).Select(_ => IdempotencyApp.NewKey()).ToList();
        var requests = keys.SelectMany(key => Enumerable.Repeat(key, 20)).OrderBy(_ => Random.Shared.Next()).ToList();

        var answers = await SendAsync(app, requests);

        Assert.All(answers, answer => Assert.Equal(201, answer.Answer.Status));
        Assert.Equal(100, app.Executions);
        Assert.Equal(100L, await app.QueryAsync<long>("select count(*) from effects"));
        foreach (var group in answers.GroupBy(answer => answer.Key))
        {
            Assert.Single(group.Select(answer => (answer.Answer.Body, answer.Answer.Location, answer.Answer.ContentType)).Distinct());
            Assert.Equal(19, group.Count(answer => answer.Answer.IsReplay));
        }
    }

    [Fact]
    public async Task Keys_WhenThirtyPercentOfTheRunsDieAfterTheClaim_StillHaveOneEffect()
    {
        await using var app = await IdempotencyApp.StartAsync();
        var deaths = 0;
        var resurrection = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var returns = new SemaphoreSlim(0);
        app.Work = async (execution, context) =>
        {
            if (execution.Claim.Attempt == 1 && execution.Claim.Key[0] is >= '0' and <= '4')
            {
                // As good as dead: no answer is kept and nothing is tidied up. It comes back when all is over.
                Interlocked.Increment(ref deaths);
                context.Abort();
                await resurrection.Task;
            }

            try
            {
                return await app.PlaceAsync(execution, context);
            }
            finally
            {
                returns.Release();
            }
        };
        var keys = Enumerable.Range(0, 100).Select(_ => IdempotencyApp.NewKey()).ToList();
        await SendAsync(app, keys, toleratesDeath: true);
        var during = await app.PostAsync(keys.First(key => key[0] is >= '0' and <= '4'), Body);

        await app.MoveClockAsync(TimeSpan.FromSeconds(31));
        var answers = await SendAsync(app, [.. keys, .. keys]);
        resurrection.SetResult();
        for (var i = 0; i < app.Executions; i++)
        {
            await returns.WaitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(100 + deaths, app.Executions);
        Assert.InRange(deaths, 10, 60);
        Assert.Equal((409, "request_in_progress", TimeSpan.FromSeconds(1)), (during.Status, during.Code, during.RetryAfter));
        Assert.All(answers, answer => Assert.Equal(201, answer.Answer.Status));
        Assert.Equal(100L, await app.QueryAsync<long>("select count(*) from effects"));
        Assert.Equal(100L, await app.QueryAsync<long>("select count(distinct key) from effects"));
        Assert.Equal((long)deaths, await app.QueryAsync<long>("select count(*) from idempotency_store where attempt = 2"));
    }

    [Fact]
    public async Task Run_ThatOutlivesItsLease_ChangesNothingAndGetsTheAnswerOfItsSuccessor()
    {
        await using var app = await IdempotencyApp.StartAsync();
        var arrived = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        app.Work = async (execution, context) =>
        {
            if (execution.Claim.Attempt == 1)
            {
                arrived.SetResult();
                await goOn.Task;
            }

            return await app.PlaceAsync(execution, context);
        };
        var key = IdempotencyApp.NewKey();
        var slow = app.PostAsync(key, Body);
        await arrived.Task;
        await app.MoveClockAsync(TimeSpan.FromSeconds(31));

        var quick = await app.PostAsync(key, Body);
        goOn.SetResult();
        var late = await slow;

        Assert.Equal((201, false), (quick.Status, quick.IsReplay));
        Assert.Equal((201, true, quick.Body), (late.Status, late.IsReplay, late.Body));
        Assert.Equal([1, 2], app.Claims.Select(claim => claim.Attempt));
        Assert.Equal(1L, await app.QueryAsync<long>("select count(*) from effects"));
    }

    [Fact]
    public async Task Run_OvertakenByOneThatIsStillAtIt_Answers409AndChangesNothing()
    {
        await using var app = await IdempotencyApp.StartAsync();
        var arrived = new SemaphoreSlim(0);
        var turns = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        app.Work = async (execution, context) =>
        {
            arrived.Release();
            await turns[execution.Claim.Attempt - 1].Task;
            return await app.PlaceAsync(execution, context);
        };
        var key = IdempotencyApp.NewKey();
        var first = app.PostAsync(key, Body);
        await arrived.WaitAsync(TestContext.Current.CancellationToken);
        await app.MoveClockAsync(TimeSpan.FromSeconds(31));
        var second = app.PostAsync(key, Body);
        await arrived.WaitAsync(TestContext.Current.CancellationToken);

        turns[0].SetResult();
        var overtaken = await first;
        turns[1].SetResult();
        var winner = await second;

        Assert.Equal((409, "request_in_progress"), (overtaken.Status, overtaken.Code));
        Assert.Equal(201, winner.Status);
        Assert.Equal(1L, await app.QueryAsync<long>("select count(*) from effects"));
    }

    [Fact]
    public async Task Run_StoppedAtTheEndOfItsLease_Answers503AndMayBeRepeatedAtOnce()
    {
        await using var app = await IdempotencyApp.StartAsync(lease: "00:00:05");
        app.Work = async (execution, _) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, execution.LeaseEnds);
            return new Problem(500, "never", "Never.");
        };
        var key = IdempotencyApp.NewKey();
        var stopped = await app.PostAsync(key, Body);
        app.Work = app.PlaceAsync;

        var repeated = await app.PostAsync(key, Body);

        Assert.Equal((503, "temporarily_unavailable"), (stopped.Status, stopped.Code));
        Assert.Equal((201, false), (repeated.Status, repeated.IsReplay));
    }

    [Fact]
    public async Task FencedStatements_OfAnOvertakenRun_FailAndUndoTheBatch()
    {
        await using var app = await IdempotencyApp.StartAsync();
        var cancellationToken = TestContext.Current.CancellationToken;
        var fingerprint = new byte[32];
        var old = await ClaimAsync(app, fingerprint);
        await app.MoveClockAsync(TimeSpan.FromSeconds(31));
        var now = await ClaimAsync(app, fingerprint);

        await using var batch = app.Database.CreateBatch();
        batch.BatchCommands.Add(new Npgsql.NpgsqlBatchCommand("insert into effects values ('k', null, 'overtaken')"));
        batch.BatchCommands.Add(app.Rows.Completed(old, JsonAnswer.Of(201, "old"), TimeSpan.FromHours(72)));
        var failure = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => batch.ExecuteNonQueryAsync(cancellationToken));

        Assert.True(BuatFilm.Admin.Data.LostClaim.Is(failure), failure.ToString());
        Assert.Equal(0L, await app.QueryAsync<long>("select count(*) from effects"));
        Assert.False(await app.Rows.ReleaseAsync(old, cancellationToken));
        Assert.False(await app.Rows.MarkInDoubtAsync(old, cancellationToken));
        await app.Rows.CompleteAsync(now, JsonAnswer.Of(201, "new"), TimeSpan.FromHours(72), cancellationToken);
        Assert.Equal("done", await app.QueryAsync<string>("select state from idempotency_store"));
    }

    private static async Task<IdempotencyClaim> ClaimAsync(IdempotencyApp app, byte[] fingerprint)
    {
        var outcome = await app.Rows.ClaimAsync("shop|POST|/x", "k", fingerprint, TimeSpan.FromSeconds(30), TimeSpan.FromHours(72), TestContext.Current.CancellationToken);
        return Assert.IsType<BuatFilm.Admin.Data.ClaimOutcome.Claimed>(outcome).Claim;
    }

    private static async Task<List<(string Key, Answer Answer)>> SendAsync(IdempotencyApp app, IEnumerable<string> keys, bool toleratesDeath = false)
    {
        var answers = new System.Collections.Concurrent.ConcurrentBag<(string, Answer)>();
        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = 48, CancellationToken = TestContext.Current.CancellationToken }, async (key, _) =>
        {
            try
            {
                answers.Add((key, await app.PostAsync(key, Body)));
            }
            catch (HttpRequestException) when (toleratesDeath)
            {
                // The server hung up, as a dying process does.
            }
        });

        return [.. answers];
    }
}
