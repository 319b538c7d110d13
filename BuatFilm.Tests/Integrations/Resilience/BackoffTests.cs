using BuatFilm.Core.Retries;

namespace BuatFilm.Tests.Integrations.Resilience;

public sealed class BackoffTests
{
    private static readonly Backoff Waits = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60));

    [Theory]
    [InlineData(1, 0.0, 1.0)]
    [InlineData(1, 0.5, 1.5)]
    [InlineData(2, 0.0, 2.0)]
    [InlineData(3, 0.0, 4.0)]
    [InlineData(5, 0.0, 16.0)]
    [InlineData(6, 0.0, 30.0)]
    [InlineData(6, 0.5, 45.0)]
    [InlineData(1_000_000, 0.0, 30.0)]
    [InlineData(int.MaxValue, 0.0, 30.0)]
    public void After_SoManyAttempts_DoublesUpToTheCap(int attempts, double jitter, double seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), Waits.After(attempts, jitter));
    }

    [Fact]
    public void After_WithTheMostJitter_StaysBelowTheCap()
    {
        Assert.InRange(Waits.After(20, Math.BitDecrement(1.0)), TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData(0, 0.0)]
    [InlineData(-1, 0.0)]
    [InlineData(1, -0.1)]
    [InlineData(1, 1.0)]
    public void After_OutsideItsRange_Throws(int attempts, double jitter)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Waits.After(attempts, jitter));
    }
}
