using System.Globalization;
using BuatFilm.Core;
using BuatFilm.Core.Degradation;
using BuatFilm.Core.Health;

namespace BuatFilm.Tests.Degradation;

public sealed class DegradationTrackTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 7, 0, 0, TimeSpan.Zero);
    private static readonly DegradationRule Rule = new(TimeSpan.FromSeconds(30), 3, TimeSpan.FromMinutes(5));

    [Fact]
    public void Level_WhenAServiceGoesAndComesBack_FollowsAtOnce()
    {
        var log = new Log();

        log.At(10, ExternalService.Smtp);
        Assert.Equal((DegradationLevel.Degraded, 10), log.Now);
        log.At(40);
        Assert.Equal((DegradationLevel.Normal, 40), log.Now);
        Assert.Empty(log.Track.Causes);
        Assert.Empty(log.Track.Held);
    }

    [Fact]
    public void Level_OnARelapseWithinTheHold_KeepsSinceAndIsOneOutage()
    {
        var log = new Log();
        log.At(10, ExternalService.Smtp);
        log.At(40);
        log.At(69, ExternalService.Smtp);

        Assert.Equal((DegradationLevel.Degraded, 10), log.Now);
        Assert.Equal(Start.AddSeconds(10), log.Track.Outage!.Since);
    }

    [Fact]
    public void Level_OnARelapseAfterTheHold_IsANewOutage()
    {
        var log = new Log();
        log.At(10, ExternalService.Smtp);
        log.At(40);
        Assert.Equal(Start.AddSeconds(40), log.Track.Outage!.CalmSince);
        log.At(70);
        Assert.Null(log.Track.Outage);
        log.At(71, ExternalService.Smtp);

        Assert.Equal((DegradationLevel.Degraded, 71), log.Now);
        Assert.Equal(Start.AddSeconds(71), log.Track.Outage!.Since);
    }

    [Fact]
    public void Outage_AcrossSeveralServices_KeepsTheWorstAndAllOfThem()
    {
        var log = new Log();
        log.At(10, ExternalService.WhatsApp);
        log.At(20, ExternalService.WhatsApp, ExternalService.Smtp);
        log.At(30, ExternalService.Midtrans);

        Assert.Equal(DegradationLevel.Degraded, log.Track.Level);
        Assert.Equal(DegradationLevel.Severe, log.Track.Outage!.Worst);
        Assert.Equal([ExternalService.Midtrans, ExternalService.Smtp, ExternalService.WhatsApp], log.Track.Outage.Services);
    }

    [Fact]
    public void Service_ThatFlaps_CountsAsDownUntilItHasBeenWellForTheHold()
    {
        var log = new Log();
        log.At(10, ExternalService.Smtp);
        log.At(20);
        log.At(30, ExternalService.Smtp);
        log.At(40);
        Assert.Equal(DegradationLevel.Normal, log.Track.Level);
        log.At(50, ExternalService.Smtp);
        log.At(60);

        Assert.Equal(DegradationLevel.Degraded, log.Track.Level);
        Assert.Equal([ExternalService.Smtp], log.Track.Held);
        Assert.Equal([ExternalService.Smtp], log.Track.Causes);
        log.At(89);
        Assert.Equal(DegradationLevel.Degraded, log.Track.Level);
        log.At(90);
        Assert.Equal((DegradationLevel.Normal, 90), log.Now);
    }

    [Fact]
    public void DifferentServices_GoingOneAfterTheOther_AreNoFlapping()
    {
        var log = new Log();
        var second = 0;
        foreach (var service in Enum.GetValues<ExternalService>())
        {
            log.At(second += 10, service);
            log.At(second += 10);
            Assert.Equal(DegradationLevel.Normal, log.Track.Level);
        }
    }

    [Fact]
    public void Service_ThatGoesRarely_DoesNotFlap()
    {
        var log = new Log();
        for (var round = 0; round < 20; round++)
        {
            log.At((round * 200) + 1, ExternalService.Smtp);
            log.At((round * 200) + 20);
            Assert.Equal(DegradationLevel.Normal, log.Track.Level);
        }
    }

    [Fact]
    public void Track_OfRandomWeather_IsNeverBetterThanTheTruthAndSettles()
    {
        var seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage($"Seed {seed.ToString(CultureInfo.InvariantCulture)}");
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var rule = new DegradationRule(TimeSpan.FromSeconds(random.Next(2, 60)), random.Next(2, 6), TimeSpan.FromSeconds(random.Next(10, 600)));
            var track = DegradationTrack.From(Start);
            var now = Start;
            var falls = new Dictionary<ExternalService, int>();
            var before = new HashSet<ExternalService>();
            for (var step = 0; step < 200; step++)
            {
                now += TimeSpan.FromMilliseconds(random.Next(0, 20_000));
                var down = Enum.GetValues<ExternalService>().Where(_ => random.Next(4) == 0).ToHashSet();
                foreach (var service in down.Except(before))
                {
                    falls[service] = falls.GetValueOrDefault(service) + 1;
                }

                before = down;
                var truth = DegradationRules.LevelOf(Health(down)).Level;
                track = track.After(Health(down), now, rule);
                var where = $"seed {seed}, round {round}, step {step}";

                Assert.True(track.Level >= truth, $"Better than the truth: {where}");
                Assert.True(track.Level == truth || track.Held.Length > 0, $"Worse without a reason: {where}");
                Assert.True(down.IsSubsetOf(track.Causes), $"A cause is missing: {where}");
                Assert.True(track.Held.All(service => falls[service] >= rule.FlapLimit && !down.Contains(service)), $"Held without flapping: {where}");
                Assert.Equal(track.Level == DegradationLevel.Normal, track.Causes.Length == 0);
                Assert.True(track.Level == DegradationLevel.Normal || (track.Outage is { CalmSince: null } outage && outage.Worst >= track.Level && outage.Since <= track.Since), $"No outage: {where}");
                Assert.True(track.Since <= now, $"From the future: {where}");
            }

            // However wild it was: once all is well for the hold, and for the hold after it, nothing is left of it.
            track = track.After(Health([]), now, rule);
            now += rule.RecoveryHold;
            track = track.After(Health([]), now, rule);
            Assert.Equal(DegradationLevel.Normal, track.Level);
            track = track.After(Health([]), now + rule.RecoveryHold, rule);
            Assert.Null(track.Outage);
        }
    }

    [Fact]
    public void Track_OfAServiceThatFlapsForAnHour_ChangesItsLevelAFewTimes()
    {
        var track = DegradationTrack.From(Start);
        var changes = 0;
        var outages = new HashSet<DateTimeOffset>();
        for (var second = 1; second <= 3_600; second++)
        {
            var next = track.After(Health(second % 4 < 2 ? [ExternalService.Database] : []), Start.AddSeconds(second), Rule);
            changes += next.Level == track.Level ? 0 : 1;
            track = next;
            outages.Add(track.Outage!.Since);
        }

        Assert.InRange(changes, 1, 2 * Rule.FlapLimit);
        Assert.Single(outages);
    }

    private static Dictionary<ExternalService, ServiceHealth> Health(IReadOnlyCollection<ExternalService> down) =>
        Enum.GetValues<ExternalService>().ToDictionary(service => service, service => down.Contains(service) ? ServiceHealth.Unhealthy : ServiceHealth.Healthy);

    private sealed class Log
    {
        public DegradationTrack Track { get; private set; } = DegradationTrack.From(Start);

        public (DegradationLevel Level, int Since) Now => (Track.Level, (int)(Track.Since - Start).TotalSeconds);

        public void At(int second, params ExternalService[] down) => Track = Track.After(Health(down), Start.AddSeconds(second), Rule);
    }
}
