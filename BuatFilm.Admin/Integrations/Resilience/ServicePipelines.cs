using System.Collections.Frozen;
using System.Threading.Channels;
using BuatFilm.Core;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Integrations.Resilience;

/// <summary>One pipeline per external service, made once: rebuilding one would forget its state.</summary>
internal sealed class ServicePipelines
{
    private readonly FrozenDictionary<ExternalService, ServicePipeline> _pipelines;
    private readonly Channel<BreakerChange> _changes = Channel.CreateUnbounded<BreakerChange>(new UnboundedChannelOptions { SingleReader = true });

    /// <param name="random">Numbers in [0, 1) that spread the breaks; left out, nothing is spread.</param>
    public ServicePipelines(IOptions<BreakersOptions> options, TimeProvider time, Func<double>? random = null)
    {
        _pipelines = Enum.GetValues<ExternalService>().ToFrozenDictionary(
            service => service,
            service => new ServicePipeline(service, options.Value.Of(service), time, change => _changes.Writer.TryWrite(change), options.Value.MisconfiguredPause, random));
        All = [.. _pipelines.Values.OrderBy(pipeline => pipeline.Service)];
    }

    /// <summary>Changes in the order they happened, for the one pump that reads them.</summary>
    public ChannelReader<BreakerChange> Changes => _changes.Reader;

    public IReadOnlyList<ServicePipeline> All { get; }

    public ServicePipeline this[ExternalService service] => _pipelines[service];
}
