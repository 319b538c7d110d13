using System.Collections.Concurrent;
using System.Globalization;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Degradation;
using BuatFilm.Core.Health;
using Microsoft.Extensions.Time.Testing;

namespace BuatFilm.Tests.Live;

public sealed class StatusBoardTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new(Boards.Noon);

    [Fact]
    public void Publish_FromManyThreads_LosesNoChange()
    {
        var board = Boards.Create(_time);

        Parallel.For(0, 2_000, _ => board.Publish(snapshot => snapshot with
        {
            Outbox = new OutboxFigures((snapshot.Outbox?.Pending ?? 0) + 1, default, 0, Boards.Noon),
        }));

        Assert.Equal(2_000, board.Current.Outbox!.Pending);
    }

    [Fact]
    public void Publish_WhenAServiceFails_DerivesLevelCausesAndSince()
    {
        var board = Boards.Create(_time);
        _time.Advance(TimeSpan.FromMinutes(1));
        board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Smtp, BreakerState.Open, _time.GetUtcNow(), null));
        var openedAt = _time.GetUtcNow();

        _time.Advance(TimeSpan.FromMinutes(1));
        board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Smtp, BreakerState.HalfOpen, _time.GetUtcNow(), null));

        Assert.Equal(DegradationLevel.Degraded, board.Current.Degradation.Level);
        Assert.Equal(openedAt, board.Current.Degradation.Since);
        Assert.Equal([ExternalService.Smtp], board.Current.Degradation.Causes);
    }

    [Fact]
    public void Publish_WhenABreakerCloses_CountsTheTrialCallAsHealthy()
    {
        var board = Boards.Create(_time);
        board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Midtrans, BreakerState.Open, Boards.Noon, null));

        board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Midtrans, BreakerState.Closed, Boards.Noon, null));

        Assert.Equal(ServiceHealth.Healthy, board.Current[ExternalService.Midtrans].Health);
        Assert.Equal(DegradationLevel.Normal, board.Current.Degradation.Level);
    }

    [Fact]
    public void Publish_OfEveryChangeOfTheLevel_IsHandedToTheHistoryInOrder()
    {
        var board = Boards.Create(_time);
        Open(board, ExternalService.Smtp);
        Open(board, ExternalService.Midtrans);
        board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Midtrans, BreakerState.HalfOpen, _time.GetUtcNow(), null));
        board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Midtrans, BreakerState.Closed, _time.GetUtcNow(), null));
        board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Smtp, BreakerState.Closed, _time.GetUtcNow(), null));

        var changes = new List<LevelChange>();
        while (board.LevelChanges.TryRead(out var change))
        {
            changes.Add(change);
        }

        Assert.Equal(
            [(DegradationLevel.Normal, DegradationLevel.Degraded), (DegradationLevel.Degraded, DegradationLevel.Severe), (DegradationLevel.Severe, DegradationLevel.Degraded), (DegradationLevel.Degraded, DegradationLevel.Normal)],
            changes.Select(change => (change.From, change.To)));
        Assert.Equal([ExternalService.Midtrans, ExternalService.Smtp], changes[1].Causes);
        Assert.All(changes, change => Assert.NotNull(change.Outage));
    }

    [Fact]
    public void Refresh_WhenTimeAloneEndsAnOutage_SaysSoAndElseNothing()
    {
        var board = Boards.Create(_time);
        Open(board, ExternalService.Smtp);
        board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Smtp, BreakerState.Closed, _time.GetUtcNow(), null));
        var before = board.Current;

        board.Refresh();
        Assert.Same(before, board.Current);
        Assert.NotNull(before.Degradation.Outage);

        _time.Advance(TimeSpan.FromSeconds(30));
        board.Refresh();
        Assert.Null(board.Current.Degradation.Outage);
    }

    [Fact]
    public void Publish_WhenAServiceFails_DerivesWhatTheShopCanDo()
    {
        var board = Boards.Create(_time);
        board.Publish(snapshot => snapshot with { NotConfigured = [ExternalService.WhatsApp] });
        Open(board, ExternalService.Midtrans);

        var states = board.Current.Capabilities.ToDictionary(capability => capability.Capability, capability => (capability.State, capability.IsConfigured));
        Assert.Equal((CapabilityState.Works, true), states[Capability.AcceptOrders]);
        Assert.Equal((CapabilityState.Delayed, true), states[Capability.TakePayments]);
        Assert.Equal((CapabilityState.Stopped, false), states[Capability.SendWhatsapp]);
        Assert.Equal((CapabilityState.Works, true), states[Capability.ProcessWebhooks]);
    }

    [Fact]
    public void Publish_WhenAProbeRepeatsItself_KeepsSinceWhen()
    {
        var board = Boards.Create(_time);
        board.Publish(snapshot => snapshot.WithProbe(ExternalService.Database, ServiceHealth.Healthy, Boards.Noon));
        board.Publish(snapshot => snapshot.WithProbe(ExternalService.Database, ServiceHealth.Unhealthy, Boards.Noon.AddSeconds(2)));

        board.Publish(snapshot => snapshot.WithProbe(ExternalService.Database, ServiceHealth.Unhealthy, Boards.Noon.AddSeconds(4)));

        Assert.Equal(Boards.Noon.AddSeconds(2), board.Current[ExternalService.Database].Since);
        Assert.Equal(Boards.Noon.AddSeconds(4), board.Current[ExternalService.Database].CheckedAt);
    }

    [Fact]
    public async Task Subscribe_WhenChangesComeInABurst_IsCalledAtOnceAndOnceMoreWithTheLast()
    {
        var board = Boards.Create(_time);
        var seen = new ConcurrentQueue<long>();
        using var subscription = board.Subscribe(() =>
        {
            seen.Enqueue(board.Current.Outbox!.Pending);
            return Task.CompletedTask;
        });
        Publish(board, 1);
        await UntilAsync(() => seen.Count == 1);

        for (var pending = 2; pending <= 1_000; pending++)
        {
            Publish(board, pending);
        }

        await UntilAsync(() =>
        {
            // Advanced until the loop has reached its pause: nothing tells when it has.
            _time.Advance(StatusBoard.Interval);
            return seen.Contains(1_000);
        });
        Assert.InRange(seen.Count, 2, 3);
        Assert.Equal(1_000, seen.Last());
    }

    [Fact]
    public async Task Subscribe_WhenChangesNeverEnd_IsCalledFourTimesASecond()
    {
        var board = Boards.Create(TimeProvider.System);
        var calls = 0;
        using var subscription = board.Subscribe(() =>
        {
            Interlocked.Increment(ref calls);
            return Task.CompletedTask;
        });

        var started = TimeProvider.System.GetTimestamp();
        for (var pending = 0; pending < 100; pending++)
        {
            Publish(board, pending);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        // The first at once, then one per interval of the time that it really took.
        var quarters = TimeProvider.System.GetElapsedTime(started) / StatusBoard.Interval;
        Assert.InRange(Volatile.Read(ref calls), 2, 1 + (int)Math.Ceiling(quarters));
    }

    [Fact]
    public async Task Subscribe_WhenOneThrowsAndOneHangs_TheThirdStillHears()
    {
        var board = Boards.Create(TimeProvider.System);
        var release = new TaskCompletionSource();
        var heard = 0;
        var thrown = 0;
        using var throwing = board.Subscribe(() =>
        {
            Interlocked.Increment(ref thrown);
            throw new InvalidOperationException("No pixel today.");
        });
        using var hanging = board.Subscribe(() => release.Task);
        using var listening = board.Subscribe(() =>
        {
            Interlocked.Increment(ref heard);
            return Task.CompletedTask;
        });

        Publish(board, 1);
        await UntilAsync(() => Volatile.Read(ref heard) >= 1 && Volatile.Read(ref thrown) >= 1);
        Publish(board, 2);

        await UntilAsync(() => Volatile.Read(ref heard) >= 2 && Volatile.Read(ref thrown) >= 2);
        release.SetResult();
    }

    [Fact]
    public async Task Subscribe_WhenPublishedFromAnotherCulture_CallsInTheSubscribersOwn()
    {
        var board = Boards.Create(_time);
        var culture = new TaskCompletionSource<string>();
        CultureInfo.CurrentUICulture = new CultureInfo("en");
        using var subscription = board.Subscribe(() =>
        {
            culture.TrySetResult(CultureInfo.CurrentUICulture.Name);
            return Task.CompletedTask;
        });
        CultureInfo.CurrentUICulture = new CultureInfo("id-ID");

        Publish(board, 1);

        Assert.Equal("en", await culture.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Dispose_EvenTwice_EndsTheCalls()
    {
        var board = Boards.Create(TimeProvider.System);
        var gone = 0;
        var stayed = 0;
        var subscription = board.Subscribe(() => Task.FromResult(Interlocked.Increment(ref gone)));
        using var other = board.Subscribe(() => Task.FromResult(Interlocked.Increment(ref stayed)));
        Assert.Equal(2, board.SubscriberCount);

        subscription.Dispose();
        subscription.Dispose();
        Publish(board, 1);

        await UntilAsync(() => Volatile.Read(ref stayed) == 1);
        Assert.Equal(0, Volatile.Read(ref gone));
        Assert.Equal(1, board.SubscriberCount);
    }

    private void Open(StatusBoard board, ExternalService service) =>
        board.Publish(snapshot => snapshot.WithBreaker(service, BreakerState.Open, _time.GetUtcNow(), null));

    private static void Publish(StatusBoard board, long pending) =>
        board.Publish(snapshot => snapshot with { Outbox = new OutboxFigures(pending, default, 0, Boards.Noon) });

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
