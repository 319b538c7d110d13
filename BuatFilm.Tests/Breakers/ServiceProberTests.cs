using BuatFilm.Admin.Features.Breakers;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;
using BuatFilm.Tests.Integrations.Resilience;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Breakers;

public sealed class ServiceProberTests
{
    private static readonly TimeSpan Seldom = TimeSpan.FromHours(1);

    [Fact]
    public async Task Service_IsUnknownUntilItWasAsked()
    {
        await using var node = new BreakerNode(database: null);
        Assert.Equal(ServiceHealth.Unknown, node.Board.Current[ExternalService.Smtp].Health);

        await node.StartProbesAsync(Seldom);

        await AppHost.EventuallyAsync(() => Task.FromResult(node.Board.Current[ExternalService.Smtp].Health == ServiceHealth.Healthy), "it is asked at the start");
    }

    [Fact]
    public async Task FirstOutage_OfAServiceThatIsDown_OpensWithinAboutASecond_AtOneCustomersExpense()
    {
        var isDown = false;
        await using var node = new BreakerNode(database: null, probe: () => Volatile.Read(ref isDown) ? ServiceVerdict.Outage : ServiceVerdict.Answered, breakFor: TimeSpan.FromMinutes(1));
        await node.StartProbesAsync(Seldom);
        await AppHost.EventuallyAsync(() => Task.FromResult(node.Probe.Asked == 1), "it is asked at the start");
        Volatile.Write(ref isDown, true);
        var began = TimeProvider.System.GetTimestamp();

        await node.Pipeline.OutagesAsync(1);
        await AppHost.EventuallyAsync(() => Task.FromResult(node.Pipeline.State == BreakerState.Open), "the breaker opens");

        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(5));
        Assert.InRange(node.Probe.Asked, 4, 5); // The one at the start, and those for the missing outages.
    }

    [Fact]
    public async Task FirstOutage_ThatWasABlip_CostsOneQuestion()
    {
        await using var node = new BreakerNode(database: null);
        await node.StartProbesAsync(Seldom);
        await AppHost.EventuallyAsync(() => Task.FromResult(node.Probe.Asked == 1), "it is asked at the start");

        await node.Pipeline.OutagesAsync(1);
        await AppHost.EventuallyAsync(() => Task.FromResult(node.Probe.Asked == 2), "it is asked again");
        await Task.Delay(600, TestContext.Current.CancellationToken);

        Assert.Equal((BreakerState.Closed, 2), (node.Pipeline.State, node.Probe.Asked));
        Assert.Equal(ServiceHealth.Healthy, node.Board.Current[ExternalService.Smtp].Health);
    }

    [Fact]
    public async Task ServiceThatHangs_IsKnownSoonAfterOneDeadline_NotAfterFive()
    {
        var began = TimeProvider.System.GetTimestamp();
        await using var node = new BreakerNode(database: null, probe: () => ServiceVerdict.Answered, breakFor: TimeSpan.FromMinutes(1), hangs: true);
        await node.StartProbesAsync(Seldom);

        await AppHost.EventuallyAsync(() => Task.FromResult(node.Pipeline.State == BreakerState.Open), "the breaker opens");

        // Five deadlines of two seconds, side by side.
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(8));
        Assert.Equal(5, node.Pipeline.Snapshot().OutagesInARow);
    }

    [Fact]
    public async Task OpenBreaker_IsLeftToTheTrials()
    {
        await using var node = new BreakerNode(database: null, breakFor: TimeSpan.FromMinutes(1));
        node.Pipeline.Attend();
        await node.OpenAsync();

        await node.StartProbesAsync(TimeSpan.FromMilliseconds(250));
        await Task.Delay(800, TestContext.Current.CancellationToken);

        Assert.Equal(0, node.Probe.Asked);
    }

    [Fact]
    public async Task DatabaseProbe_WhenNobodyListens_IsAnOutage_AndCutsTheBreakShortWhenSomebodyDoes()
    {
        await using var database = await MigratedDatabase.CreateAsync();
        await using var away = new BreakerNode(database: null);
        Assert.Equal(ServiceVerdict.Outage, await new DatabaseProbe(away.Databases, away.Pipelines).ProbeAsync(TestContext.Current.CancellationToken));

        await using var node = new BreakerNode(database.ConnectionString, ExternalService.Database, breakFor: TimeSpan.FromMinutes(10));
        node.Pipeline.Attend();
        await node.OpenAsync();
        Assert.False(node.Pipeline.IsTrialDue);

        var verdict = await new DatabaseProbe(node.Databases, node.Pipelines).ProbeAsync(TestContext.Current.CancellationToken);

        Assert.Equal((ServiceVerdict.Answered, true), (verdict, node.Pipeline.IsTrialDue));
    }

    [Theory]
    [InlineData("57P01", true)]
    [InlineData("53300", true)]
    [InlineData("25006", true)]
    [InlineData("08006", true)]
    [InlineData("58030", true)]
    [InlineData("57014", false)]
    [InlineData("23505", false)]
    [InlineData("40001", false)]
    public void DatabaseOutage_IsWhatNoStatementWouldSurvive(string sqlState, bool isOutage)
    {
        Assert.Equal(isOutage, Admin.Data.DatabaseOutage.Is(new Npgsql.PostgresException("", "ERROR", "ERROR", sqlState)));
    }

    [Fact]
    public async Task Prober_WhileWorkIsAnswered_AsksNobody()
    {
        await using var node = new BreakerNode(database: null);
        await node.Pipeline.AnswerAsync(ServiceVerdict.Answered);

        await node.StartProbesAsync(Seldom);
        await AppHost.EventuallyAsync(() => Task.FromResult(node.Board.Current[ExternalService.Smtp].Health == ServiceHealth.Healthy), "the work's answer counts");

        Assert.Equal(0, node.Probe.Asked);
    }
}
