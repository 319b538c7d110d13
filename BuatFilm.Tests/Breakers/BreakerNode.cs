using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Breakers;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Tests.Integrations.Resilience;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BuatFilm.Tests.Breakers;

/// <summary>The breakers of one node and what attends to them, on a real database and the real clock, without the rest of the app.</summary>
internal sealed class BreakerNode : IAsyncDisposable
{
    private readonly List<IHostedService> _running = [];

    /// <param name="database">Null for one that is away.</param>
    /// <param name="hangs">True for a service that accepts and says nothing.</param>
    public BreakerNode(string? database, ExternalService service = ExternalService.Smtp, Func<ServiceVerdict>? probe = null, TimeSpan? breakFor = null, bool hangs = false)
    {
        Databases = new Databases(new ConfigurationBuilder()
            .AddInMemoryCollection([new("ConnectionStrings:BuatFilm", database ?? "Host=127.0.0.1;Port=1;Username=u;Password=p;Database=d")])
            .Build());
        var options = new BreakersOptions();
        foreach (var each in Enum.GetValues<ExternalService>())
        {
            options.Of(each).AttemptTimeout = TimeSpan.FromSeconds(2);
            options.Of(each).BreakDuration = options.Of(each).MaxBreakDuration = breakFor ?? TimeSpan.FromMilliseconds(600);
        }

        Pipelines = new ServicePipelines(Options.Create(options), TimeProvider.System);
        Pipeline = Pipelines[service];
        Probe = new ScriptedProbe(Pipeline, async attempt =>
        {
            await Task.Delay(hangs ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, attempt);
            return probe?.Invoke() ?? ServiceVerdict.Answered;
        });
        Identity.Take(Guid.NewGuid());
        Board = new StatusBoard(new NodeIdentity(Identity.Current!.Value, "kasir-1", TimeProvider.System.GetUtcNow()), TimeProvider.System, NullLogger<StatusBoard>.Instance);
    }

    public Databases Databases { get; }

    public LeaseHolder Identity { get; } = new();

    public ServicePipelines Pipelines { get; }

    public ServicePipeline Pipeline { get; }

    public ScriptedProbe Probe { get; }

    public StatusBoard Board { get; }

    public Wakes Wakes { get; } = new();

    public TrialRights Rights => new(Databases, Identity, NullLogger<TrialRights>.Instance);

    public Task StartTrialsAsync() => StartAsync(new TrialScheduler(Pipelines, Rights, [Probe], new FixedOptions<MidtransOptions>(new MidtransOptions()), Wakes, TimeProvider.System, NullLogger<TrialScheduler>.Instance));

    public Task StartProbesAsync(TimeSpan interval) => StartAsync(new ServiceProber([Probe], Pipelines, Board, Options.Create(new ProbesOptions { ProbeInterval = interval }), TimeProvider.System, NullLogger<ServiceProber>.Instance));

    public Task StartPumpAsync() => StartAsync(new TransitionPump(Pipelines, new TransitionRows(Databases, TimeProvider.System), Identity, Board, Wakes, TimeProvider.System, NullLogger<TransitionPump>.Instance));

    public async Task OpenAsync()
    {
        await Pipeline.OutagesAsync(5);
        Assert.Equal(BreakerState.Open, Pipeline.State);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _running)
        {
            await service.StopAsync(CancellationToken.None);
            (service as IDisposable)?.Dispose();
        }

        await Databases.DisposeAsync();
    }

    private async Task StartAsync(IHostedService service)
    {
        _running.Add(service);
        await service.StartAsync(TestContext.Current.CancellationToken);
    }
}
