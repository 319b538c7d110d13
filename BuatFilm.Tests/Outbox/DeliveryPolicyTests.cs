using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using BuatFilm.Core.Retries;

namespace BuatFilm.Tests.Outbox;

public sealed class DeliveryPolicyTests
{
    private static readonly DeliveryPolicy Policy = new(new Backoff(TimeSpan.FromSeconds(30), TimeSpan.FromHours(4)), OutageGrace: TimeSpan.FromDays(3));

    [Theory]
    [InlineData(DeliveryResult.Delivered, 1, DeliveryFate.Sent, 0)]
    [InlineData(DeliveryResult.Refused, 1, DeliveryFate.Dead, 0)]
    [InlineData(DeliveryResult.Failed, 1, DeliveryFate.Retry, 15)]
    [InlineData(DeliveryResult.Failed, 3, DeliveryFate.Retry, 60)]
    [InlineData(DeliveryResult.Unknown, 1, DeliveryFate.Retry, 60)]
    [InlineData(DeliveryResult.Failed, 8, DeliveryFate.Dead, 0)]
    [InlineData(DeliveryResult.NotTried, 8, DeliveryFate.Postpone, 1)]
    public void After_EachResult_DecidesWhatFollows(DeliveryResult result, int attempt, DeliveryFate fate, int seconds)
    {
        var decision = Policy.After(new DeliveryOutcome(result, ServiceVerdict.Answered), At(attempt), jitter: 0);

        Assert.Equal((fate, TimeSpan.FromSeconds(seconds), false), (decision.Fate, decision.Wait, decision.IsStalled));
    }

    [Theory]
    [InlineData(ServiceVerdict.Outage, 1, 15)]
    [InlineData(ServiceVerdict.Throttled, 3, 60)]
    [InlineData(ServiceVerdict.Outage, 8, 480)]
    [InlineData(ServiceVerdict.Outage, 400, 480)]
    public void After_AnOutageOfTheService_CostsTheMessageNothing(ServiceVerdict verdict, int attempt, int seconds)
    {
        var decision = Policy.After(new DeliveryOutcome(DeliveryResult.Failed, verdict), At(attempt), jitter: 0);

        Assert.Equal(new DeliveryDecision(DeliveryFate.Postpone, TimeSpan.FromSeconds(seconds), null, IsStalled: true), decision);
    }

    [Fact]
    public void After_AnOutage_OfAMessageOlderThanTheGrace_CountsAsAnyFailure()
    {
        var outage = new DeliveryOutcome(DeliveryResult.Failed, ServiceVerdict.Outage);

        Assert.Equal(DeliveryFate.Postpone, Policy.After(outage, At(8, TimeSpan.FromDays(2.9)), 0).Fate);
        Assert.Equal(new DeliveryDecision(DeliveryFate.Retry, TimeSpan.FromSeconds(15), null, IsStalled: true), Policy.After(outage, At(1, TimeSpan.FromDays(3)), 0));
        Assert.Equal((DeliveryFate.Dead, "attempts_used_up"), (Policy.After(outage, At(8, TimeSpan.FromDays(3)), 0).Fate, Policy.After(outage, At(8, TimeSpan.FromDays(3)), 0).Cause));
    }

    // Its attempts are the most doubles that a customer can get.
    [Fact]
    public void After_AnOutageThatMayHaveDelivered_TheAttemptCountsAndTheWaitStaysWithinTheCap()
    {
        var unknown = new DeliveryOutcome(DeliveryResult.Unknown, ServiceVerdict.Outage);

        Assert.Equal(new DeliveryDecision(DeliveryFate.Retry, TimeSpan.FromMinutes(1), null, IsStalled: true), Policy.After(unknown, At(1), 0));
        Assert.Equal(DeliveryFate.Dead, Policy.After(unknown, At(8), 0).Fate);
        var shortCap = Policy with { Backoff = new Backoff(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(30)) };
        Assert.All(Enumerable.Range(1, 7), attempt => Assert.InRange(shortCap.After(unknown, At(attempt), 0.999).Wait, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData(ServiceVerdict.NotCalled, true)]
    [InlineData(ServiceVerdict.Misconfigured, true)]
    [InlineData(ServiceVerdict.Throttled, true)]
    [InlineData(ServiceVerdict.Answered, false)]
    public void After_NotTried_WaitsForTheServiceUnlessTheServiceAnswered(ServiceVerdict verdict, bool stalled)
    {
        var decision = Policy.After(new DeliveryOutcome(DeliveryResult.NotTried, verdict, RetryAfter: TimeSpan.FromMinutes(2)), At(8), 0);

        Assert.Equal(new DeliveryDecision(DeliveryFate.Postpone, TimeSpan.FromMinutes(2), null, stalled), decision);
    }

    [Fact]
    public void After_ARetryAfterLongerThanTheBackoff_WaitsThatLong()
    {
        var outcome = new DeliveryOutcome(DeliveryResult.Failed, ServiceVerdict.Throttled, RetryAfter: TimeSpan.FromMinutes(20));

        Assert.All(
            (DeliveryOutcome[])[outcome, outcome with { Result = DeliveryResult.NotTried }, outcome with { Verdict = ServiceVerdict.Answered }],
            told => Assert.Equal(TimeSpan.FromMinutes(20), Policy.After(told, At(1), 0).Wait));
    }

    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(0.9, 1)]
    [InlineData(1.0, 2)]
    [InlineData(2.5, 4)]
    [InlineData(3.0, 8)]
    [InlineData(60.0, 8)]
    [InlineData(null, 8)]
    public void Ramp_AfterAReturn_DoublesEverySecondUpToTheLimit(double? seconds, int atOnce)
    {
        Assert.Equal(atOnce, Ramp.Of(8, seconds is { } since ? TimeSpan.FromSeconds(since) : null));
    }

    private static DeliveryStanding At(int attempt, TimeSpan age = default) => new(attempt, Limit: 8, Tried: attempt, age);
}
