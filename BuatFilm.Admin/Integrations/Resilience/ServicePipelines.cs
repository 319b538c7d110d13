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

    public ServicePipelines(IOptions<BreakersOptions> options, TimeProvider time)
    {
        _pipelines = Enum.GetValues<ExternalService>().ToFrozenDictionary(
            service => service,
            service => new ServicePipeline(service, options.Value.Of(service), time, change => _changes.Writer.TryWrite(change)));
    }

    /// <summary>Changes of state in the order they happened, for the one pump that reads them.</summary>
    public ChannelReader<BreakerChange> Changes => _changes.Reader;

    public ServicePipeline this[ExternalService service] => _pipelines[service];
}
