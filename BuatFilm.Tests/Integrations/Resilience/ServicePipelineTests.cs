using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using Microsoft.Extensions.Time.Testing;

namespace BuatFilm.Tests.Integrations.Resilience;

public sealed class ServicePipelineTests
{
    private static readonly BreakerOptions Options = new()
    {
        AttemptTimeout = TimeSpan.FromSeconds(10),
        FailureRatio = 0.5,
        MinimumThroughput = 5,
        SamplingDuration = TimeSpan.FromSeconds(60),
        BreakDuration = TimeSpan.FromSeconds(60),
        MaxBreakDuration = TimeSpan.FromSeconds(200),
    };

    private readonly FakeTimeProvider _time = new();
    private readonly List<BreakerChange> _changes = [];
    private readonly ServicePipeline _pipeline;

    public ServicePipelineTests() => _pipeline = new ServicePipeline(ExternalService.Midtrans, Options, _time, _changes.Add);

    [Theory]
    [InlineData(ServiceVerdict.Outage, BreakerState.Open)]
    [InlineData(ServiceVerdict.Throttled, BreakerState.Open)]
    [InlineData(ServiceVerdict.Answered, BreakerState.Closed)]
    public async Task Breaker_AfterFiveAnswers_OpensForOutagesOnly(ServiceVerdict verdict, BreakerState state)
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(BreakerState.Closed, _pipeline.State);
            Assert.Equal(verdict, (await AnswerAsync(verdict)).Verdict);
        }

        Assert.Equal(state, _pipeline.State);

        // The first answer is news as well: until then nobody knows whether the service works.
        BreakerState[] expected = [state];
        Assert.Equal(expected, _changes.Select(change => change.State));
    }

    [Fact]
    public async Task Breaker_WithFewerThanHalfFailing_StaysClosed()
    {
        for (var i = 0; i < 30; i++)
        {
            await AnswerAsync(i % 5 < 3 ? ServiceVerdict.Answered : ServiceVerdict.Outage);
        }

        Assert.Equal(BreakerState.Closed, _pipeline.State);
    }

    [Fact]
    public async Task Breaker_OfTimeouts_Opens()
    {
        for (var i = 0; i < 5; i++)
        {
            var call = await HangAsync();
            _time.Advance(Options.AttemptTimeout);
            Assert.Equal("timeout", (await call).What);
        }

        Assert.Equal(BreakerState.Open, _pipeline.State);
    }

    [Fact]
    public async Task Breaker_WhenOpen_RefusesWithTheTimeUntilTheTrial()
    {
        await OpenAsync();
        _time.Advance(TimeSpan.FromSeconds(15));

        var refused = await AnswerAsync(ServiceVerdict.Answered);

        Assert.Equal(ServiceVerdict.NotCalled, refused.Verdict);
        Assert.Equal(TimeSpan.FromSeconds(45), refused.RetryAfter);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(45), _changes[^1].RetryAt);
    }

    [Fact]
    public async Task Breaker_WhileTheTrialFails_DoublesItsBreakUpToTheLongest()
    {
        await OpenAsync();
        foreach (var seconds in new[] { 60, 120, 200, 200 })
        {
            Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(seconds), _changes[^1].RetryAt);
            _time.Advance(TimeSpan.FromSeconds(seconds));
            await AnswerAsync(ServiceVerdict.Outage);
            Assert.Equal(BreakerState.Open, _pipeline.State);
        }

        // A success starts it all over.
        _time.Advance(TimeSpan.FromSeconds(200));
        await AnswerAsync(ServiceVerdict.Answered);
        Assert.Equal(BreakerState.Closed, _pipeline.State);
        await OpenAsync();
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(60), _changes[^1].RetryAt);
    }

    [Fact]
    public async Task Breaker_DuringTheTrial_RefusesEverybodyElse()
    {
        await OpenAsync();
        _time.Advance(Options.BreakDuration);
        var answer = new TaskCompletionSource<Answer>();
        var trial = ExecuteAsync(_ => answer.Task);

        var others = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AnswerAsync(ServiceVerdict.Answered)));

        Assert.All(others, other => Assert.Equal(ServiceVerdict.NotCalled, other.Verdict));
        answer.SetResult(new Answer(ServiceVerdict.Answered, "trial"));
        Assert.Equal("trial", (await trial).What);
        Assert.Equal([BreakerState.Open, BreakerState.HalfOpen, BreakerState.Closed], _changes.Select(change => change.State));
    }

    [Fact]
    public async Task Breaker_OfARefusalAsTheTrial_Closes()
    {
        await OpenAsync();
        _time.Advance(Options.BreakDuration);

        await AnswerAsync(ServiceVerdict.Misconfigured);

        Assert.Equal(BreakerState.Closed, _pipeline.State);
    }

    [Fact]
    public async Task Breaker_OfATrialThatHangs_OpensAgainAtTheDeadline()
    {
        await OpenAsync();
        _time.Advance(Options.BreakDuration);

        var trial = await HangAsync();
        Assert.Equal(BreakerState.HalfOpen, _pipeline.State);
        _time.Advance(Options.AttemptTimeout);

        Assert.Equal("timeout", (await trial).What);
        Assert.Equal(BreakerState.Open, _pipeline.State);
    }

    [Fact]
    public async Task Breaker_OfACallerThatGivesUpDuringTheTrial_OpensAgain()
    {
        await OpenAsync();
        _time.Advance(Options.BreakDuration);

        await GiveUpAsync();

        Assert.Equal(BreakerState.Open, _pipeline.State);
    }

    [Fact]
    public async Task Breaker_OfCallersThatGiveUpWhileClosed_StaysClosed()
    {
        for (var i = 0; i < 20; i++)
        {
            await GiveUpAsync();
        }

        Assert.Equal(BreakerState.Closed, _pipeline.State);
        Assert.Empty(_changes);
    }

    [Fact]
    public async Task Breaker_OfABugOfOurs_ThrowsAndProvesNothing()
    {
        for (var i = 0; i < 20; i++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => ExecuteAsync(_ => throw new InvalidOperationException("a bug")));
        }

        Assert.Equal(BreakerState.Closed, _pipeline.State);

        _time.Advance(Options.SamplingDuration * 2);
        await OpenAsync();
        _time.Advance(Options.BreakDuration);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ExecuteAsync(_ => throw new InvalidOperationException("a bug")));
        Assert.Equal(BreakerState.Open, _pipeline.State);
    }

    [Fact]
    public async Task Execute_WithATokenThatHasEnded_CallsNobody()
    {
        var called = false;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _pipeline.ExecuteAsync(
            _ =>
            {
                called = true;
                return Task.FromResult(new Answer(ServiceVerdict.Answered, ""));
            },
            Refused,
            TimedOut,
            new CancellationToken(canceled: true)));

        Assert.False(called);
        Assert.Equal(BreakerState.Closed, _pipeline.State);
    }

    [Fact]
    public async Task Admits_InEveryState_AllowsWhatTheBreakerWould()
    {
        Assert.Equal(8, _pipeline.Admits(8));
        Assert.Equal(0, _pipeline.Admits(0));

        await OpenAsync();
        Assert.Equal(0, _pipeline.Admits(8));

        _time.Advance(Options.BreakDuration);
        Assert.Equal(1, _pipeline.Admits(8));
        Assert.Equal(0, _pipeline.Admits(0));

        var trial = await HangAsync();
        Assert.Equal(0, _pipeline.Admits(8));

        _time.Advance(Options.AttemptTimeout);
        await trial;
        Assert.Equal(0, _pipeline.Admits(8));

        _time.Advance(TimeSpan.FromSeconds(120));
        await AnswerAsync(ServiceVerdict.Answered);
        Assert.Equal(8, _pipeline.Admits(8));
    }

    [Fact]
    public void Options_OfTheSpecification_AreValid()
    {
        Assert.Empty(new BreakersOptions().Validate(new(new object())));
    }

    [Fact]
    public void Options_ThatCannotTrip_AreNamed()
    {
        var options = new BreakersOptions();
        options.Smtp.SamplingDuration = TimeSpan.FromSeconds(100);
        options.WhatsApp.MaxBreakDuration = TimeSpan.FromSeconds(1);
        options.Midtrans.FailureRatio = 0;
        options.Database.MinimumThroughput = 1;

        var mistakes = options.Validate(new(new object())).Select(mistake => mistake.ErrorMessage!).ToList();

        Assert.Equal(4, mistakes.Count);
        Assert.Single(mistakes, mistake => mistake.StartsWith("Breakers:Smtp:SamplingDuration", StringComparison.Ordinal));
        Assert.Single(mistakes, mistake => mistake.StartsWith("Breakers:WhatsApp:MaxBreakDuration", StringComparison.Ordinal));
        Assert.Single(mistakes, mistake => mistake.StartsWith("Breakers:Midtrans:FailureRatio:", StringComparison.Ordinal));
        Assert.Single(mistakes, mistake => mistake.StartsWith("Breakers:Database:MinimumThroughput:", StringComparison.Ordinal));
    }

    private async Task OpenAsync()
    {
        for (var i = 0; i < 5; i++)
        {
            await AnswerAsync(ServiceVerdict.Outage);
        }

        Assert.Equal(BreakerState.Open, _pipeline.State);
    }

    private async Task GiveUpAsync()
    {
        using var caller = new CancellationTokenSource();
        var call = await HangForAsync(caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    private Task<Answer> AnswerAsync(ServiceVerdict verdict) => ExecuteAsync(_ => Task.FromResult(new Answer(verdict, "called")));

    private Task<Task<Answer>> HangAsync() => HangForAsync(TestContext.Current.CancellationToken);

    /// <summary>Starts a call that never ends by itself, and waits until it is under way: its deadline runs from there.</summary>
    private async Task<Task<Answer>> HangForAsync(CancellationToken caller)
    {
        var started = new TaskCompletionSource();
        var call = ExecuteForAsync(
            async attempt =>
            {
                started.SetResult();
                await Task.Delay(Timeout.Infinite, attempt);
                return new Answer(ServiceVerdict.Answered, "never");
            },
            caller);
        await started.Task;
        return call;
    }

    private Task<Answer> ExecuteAsync(Func<CancellationToken, Task<Answer>> call) => ExecuteForAsync(call, TestContext.Current.CancellationToken);

    private Task<Answer> ExecuteForAsync(Func<CancellationToken, Task<Answer>> call, CancellationToken caller) => _pipeline.ExecuteAsync(call, Refused, TimedOut, caller);

    private static Answer Refused(TimeSpan? retryAfter) => new(ServiceVerdict.NotCalled, "refused", retryAfter);

    private static Answer TimedOut() => new(ServiceVerdict.Outage, "timeout");

    private sealed record Answer(ServiceVerdict Verdict, string What, TimeSpan? RetryAfter = null) : IServiceAnswer;
}
