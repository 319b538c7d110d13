using System.Collections.Immutable;

namespace BuatFilm.Core.Degradation;

/// <summary>The reported level became another one.</summary>
/// <param name="Causes">The services that count as down from then on.</param>
/// <param name="Outage">The outage that it belongs to.</param>
public sealed record LevelChange(DegradationLevel From, DegradationLevel To, ImmutableArray<ExternalService> Causes, DateTimeOffset At, Outage? Outage);
