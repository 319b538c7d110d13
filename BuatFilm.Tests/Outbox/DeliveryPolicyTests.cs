using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using BuatFilm.Core.Retries;

namespace BuatFilm.Tests.Outbox;

public sealed class DeliveryPolicyTests
{
    private static readonly DeliveryPolicy Policy = new(new Backoff(TimeSpan.FromSeconds(30), TimeSpan.FromHours(4)));

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
        var decision = Policy.After(new DeliveryOutcome(result, ServiceVerdict.Answered), attempt, limit: 8, tried: attempt, jitter: 0);

        Assert.Equal((fate, TimeSpan.FromSeconds(seconds)), (decision.Fate, decision.Wait));
    }

    [Fact]
    public void After_ARetryAfterLongerThanTheBackoff_WaitsThatLong()
    {
        var outcome = new DeliveryOutcome(DeliveryResult.Failed, ServiceVerdict.Throttled, RetryAfter: TimeSpan.FromMinutes(20));

        Assert.Equal(TimeSpan.FromMinutes(20), Policy.After(outcome, 1, 8, 1, 0).Wait);
        Assert.Equal(TimeSpan.FromMinutes(20), Policy.After(outcome with { Result = DeliveryResult.NotTried }, 1, 8, 1, 0).Wait);
    }
}
