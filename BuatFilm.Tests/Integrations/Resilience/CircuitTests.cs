using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core.Breakers;
using Microsoft.Extensions.Time.Testing;

namespace BuatFilm.Tests.Integrations.Resilience;

/// <summary>When a breaker opens, and for how long.</summary>
public sealed class CircuitTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void OutagesInARow_InQuietHours_OpenItHoweverLongTheyTakeToCome()
    {
        var circuit = New();
        for (var outage = 1; outage < 5; outage++)
        {
            Assert.Null(circuit.Learn(isOutage: true, isProbe: false));
            _time.Advance(TimeSpan.FromHours(3));
        }

        Assert.Equal(BreakerCause.ConsecutiveOutages, circuit.Learn(isOutage: true, isProbe: false));
        Assert.True(circuit.IsOpen);
    }

    [Fact]
    public void OutagesInARow_WithAnAnswerBetween_StartOver()
    {
        var circuit = New();
        for (var round = 0; round < 10; round++)
        {
            for (var outage = 0; outage < 4; outage++)
            {
                Assert.Null(circuit.Learn(isOutage: true, isProbe: false));
            }

            circuit.Learn(isOutage: false, isProbe: false);
            _time.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.False(circuit.IsOpen);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public void OutagesInARow_AfterAThousandAnswers_OpenItAtOnce(double ratio)
    {
        // At a ratio of 1 no number of outages would ever outweigh one answer within the window.
        var circuit = New(options => options.FailureRatio = ratio);
        for (var answer = 0; answer < 1000; answer++)
        {
            circuit.Learn(isOutage: false, isProbe: false);
        }

        for (var outage = 0; outage < 4; outage++)
        {
            Assert.Null(circuit.Learn(isOutage: true, isProbe: false));
        }

        Assert.Equal(BreakerCause.ConsecutiveOutages, circuit.Learn(isOutage: true, isProbe: false));
    }

    [Theory]
    [InlineData(0.5, 5, 5)]
    [InlineData(0.5, 6, 6)]
    [InlineData(0.6, 4, 6)]
    [InlineData(0.7, 3, 7)]
    public void Ratio_IsExact(double ratio, int answers, int outages)
    {
        var circuit = New(options => (options.FailureRatio, options.ConsecutiveFailures) = (ratio, 10_000));
        for (var answer = 0; answer < answers; answer++)
        {
            circuit.Learn(isOutage: false, isProbe: false);
        }

        for (var outage = 1; outage < outages; outage++)
        {
            Assert.Null(circuit.Learn(isOutage: true, isProbe: false));
        }

        Assert.Equal(BreakerCause.FailureRatio, circuit.Learn(isOutage: true, isProbe: false));
    }

    [Fact]
    public void Ratio_ForgetsWhatIsOlderThanTheWindow()
    {
        var circuit = New(options => options.ConsecutiveFailures = 10_000);
        for (var outage = 0; outage < 20; outage++)
        {
            Assert.Null(circuit.Learn(isOutage: true, isProbe: false));
            _time.Advance(TimeSpan.FromSeconds(20)); // Three within a minute, five are needed.
        }

        Assert.False(circuit.IsOpen);
    }

    [Theory]
    [InlineData(0.0, 48)]
    [InlineData(0.5, 60)]
    [InlineData(1.0, 72)]
    public void Break_IsSpreadByAFifth_AndNeverBeyondTheLongest(double random, double seconds)
    {
        var circuit = New(random: random);
        Open(circuit);
        Assert.Equal(seconds, (circuit.RetryAt - _time.GetUtcNow()).TotalSeconds, 3);

        for (var trial = 0; trial < 40; trial++)
        {
            _time.Advance(circuit.RetryAt - _time.GetUtcNow());
            circuit.TrialFailed();
        }

        Assert.Equal(Math.Min(200, 200 * seconds / 60), (circuit.RetryAt - _time.GetUtcNow()).TotalSeconds, 3);
    }

    [Fact]
    public void Probation_EndsByItself()
    {
        var circuit = New();
        Open(circuit);
        _time.Advance(TimeSpan.FromSeconds(60));
        circuit.TrialSucceeded(isProbe: true);
        Assert.True(circuit.IsOnProbation);

        _time.Advance(TimeSpan.FromSeconds(60));

        Assert.False(circuit.IsOnProbation);
        Assert.Null(circuit.Learn(isOutage: true, isProbe: false));
    }

    private Circuit New(Action<BreakerOptions>? change = null, double random = 0.5)
    {
        var options = Calls.Options();
        change?.Invoke(options);
        return new Circuit(options, _time, () => random);
    }

    private static void Open(Circuit circuit)
    {
        while (circuit.Learn(isOutage: true, isProbe: false) is null)
        {
        }
    }
}
