using System.Collections.Concurrent;
using System.Net;
using BuatFilm.Admin.Features.Outbox;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Operations;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BuatFilm.Tests.Faults;

/// <summary>F19 and F20: many people send the same dead letters again at the same time; and the process dies in the middle of it.</summary>
public sealed class RequeueRaceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task BulkRequeue_BySeveralOperatorsAtOnce_TakesEachDeadLetterOnce(int operators)
    {
        const int Letters = 10_000;
        await using var bed = await OperationsBed.CreateAsync();
        await DeadLetters.AddAsync(bed.ConnectionString, Letters, "F19-");
        bed.Options.RequeuePerSecond.Email = 10_000;
        var plans = await Task.WhenAll(Enumerable.Range(0, operators).Select(_ => bed.PlanAsync()));
        Assert.All(plans, plan => Assert.Equal(Letters, plan.Total));

        // Two nodes, and everybody starts at once.
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(plans.Select((plan, index) => bed.StartAsync(plan.Id, person: $"operator-{index}")));
        var nodes = new[] { bed.Node(), bed.Node() };
        await Task.WhenAll(nodes.Select(node => node.Run.ExecuteAsync(Token)));
        var took = TimeProvider.System.GetElapsedTime(started);

        var operations = await Task.WhenAll(plans.Select(plan => bed.FindAsync(plan.Id)));
        var sends = await SendAllAsync(bed);
        FaultReport.Write("F19", new { Operators = operators, Letters, Seconds = took.TotalSeconds, Accepted = operations.Select(operation => operation.Done), Sends = sends.Count });

        Assert.Equal(Letters, operations.Sum(operation => operation.Done));
        Assert.All(operations, operation => Assert.Equal(Letters, operation.Done + operation.Skipped));
        Assert.Equal((operators - 1L) * Letters, await bed.ReadAsync<long>("select count(*) from operation_items where state = 'skipped' and reason = 'not_dead'"));
        Assert.Equal((long)Letters, await bed.ReadAsync<long>("select count(distinct target_id) from operation_items where state = 'done'"));
        Assert.Equal((Letters, Letters), (sends.Count, sends.Distinct().Count()));
        Assert.Equal(
            Enumerable.Range(0, operators).Select(index => $"operator-{index} 1"),
            await bed.ReadAsync<string[]>("select array_agg(actor || ' ' || count order by actor) from (select actor, count(*) from audit_log where action = 'operations:start' group by actor) t"));
        Assert.Equal((long)operators, await bed.ReadAsync<long>("select count(*) from audit_log where action = 'operation_finished'"));
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Requeue_ClickedByManyAtOnce_IsAcceptedOnce()
    {
        var clicks = FaultCounts.Of(quick: 1_000, full: 10_000);
        await using var app = await AppHost.StartAsync();
        var id = (await DeadLetters.AddAsync(app.ConnectionString, 1, "F20-"))[0];
        var answers = new ConcurrentBag<HttpStatusCode>();
        var waits = new ConcurrentBag<double>();
        using var client = app.Client(AppHost.OpsKey);

        await Parallel.ForEachAsync(Enumerable.Range(0, clicks), new ParallelOptions { MaxDegreeOfParallelism = 100, CancellationToken = Token }, async (_, cancellationToken) =>
        {
            var asked = TimeProvider.System.GetTimestamp();
            using var answer = await client.PostAsync($"/api/ops/v1/dead-letters/{id}/requeue", null, cancellationToken);
            waits.Add(TimeProvider.System.GetElapsedTime(asked).TotalMilliseconds);
            answers.Add(answer.StatusCode);
        });

        var sorted = waits.Order().ToArray();
        FaultReport.Write("F20", new { Clicks = clicks, Accepted = answers.Count(status => status == HttpStatusCode.OK), P50 = sorted[sorted.Length / 2], P99 = sorted[(int)(sorted.Length * 0.99)] });
        Assert.Equal(1, answers.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(clicks - 1, answers.Count(status => status == HttpStatusCode.Conflict));
        Assert.Equal(1L, await app.ReadAsync<long>("select count(*) from operations"));
        Assert.Equal(1L, await app.ReadAsync<long>("select count(*) from audit_log where action = 'dead-letters:requeue' and outcome = 'done'"));
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<string>("select status from outbox_overview") == "SENT", "the mail is sent");
        Assert.Equal(2L, await app.ReadAsync<long>("select count(*) from notification_attempts")); // The one that killed it, and the one that brought it.
        await AppHost.EventuallyAsync(
            async () => await app.ReadAsync<long>("select coalesce(sum((data ->> 'times')::bigint), 0)::bigint from audit_log where outcome = 'refused' and reason = 'not_dead'") == clicks - 1,
            "every refused click is counted in the audit log");
        Assert.InRange(await app.ReadAsync<long>("select count(*) from audit_log where outcome = 'refused'"), 1, 60); // Counted, not one line each.
    }

    private static async Task<List<long>> SendAllAsync(OperationsBed bed)
    {
        await MigratedDatabase.MoveClockAsync(bed.ConnectionString, TimeSpan.FromHours(1));
        var identity = new Admin.Data.LeaseHolder();
        identity.Take(Guid.NewGuid());
        var sender = new CountingSender();
        using var drain = new OutboxDrain(
            sender,
            new OutboxQueue(bed.Databases.Workers),
            new ServicePipelines(Options.Create(new BreakersOptions()), TimeProvider.System),
            identity,
            new StatusBoard(NodeIdentity.OfThisProcess(TimeProvider.System), TimeProvider.System, NullLogger<StatusBoard>.Instance),
            Options.Create(new OutboxOptions { BatchSize = 1_000 }),
            TimeProvider.System,
            NullLogger<OutboxDrain>.Instance);
        await drain.RunAsync(Token);
        return [.. sender.Sent];
    }

    private sealed class CountingSender : IMessageSender
    {
        public ConcurrentBag<long> Sent { get; } = [];

        public Channel Channel => Channel.Email;

        public ExternalService? Service => ExternalService.Smtp;

        public Task<DeliveryOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
        {
            Sent.Add(message.Id);
            return Task.FromResult(DeliveryOutcome.Delivered());
        }
    }
}
