using System.Globalization;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Health;

/// <summary>Whether this node may take traffic, and if not, what is missing. Answers from memory.</summary>
internal sealed class Readiness(
    StatusBoard board,
    IOptions<HealthOptions> options,
    IEnumerable<IReadinessCondition> conditions,
    TimeProvider time)
{
    /// <summary>Three rounds of the probe. An answer older than this says nothing: the probe itself may have stopped.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(6);

    private readonly IReadOnlyList<ExternalService> _required = options.Value.RequiredServices();
    private readonly IReadOnlyList<IReadinessCondition> _conditions = [.. conditions];

    /// <summary>What is missing, as parts of one English sentence; empty when ready.</summary>
    public IReadOnlyList<string> Missing()
    {
        var snapshot = board.Current;
        var missing = new List<string>();

        if (snapshot.IsDraining)
        {
            missing.Add("this node is shutting down");
        }

        foreach (var service in _required)
        {
            if (service == ExternalService.Database)
            {
                AddDatabase(snapshot, missing);
            }
            else if (snapshot[service].Breaker is BreakerState.Open or BreakerState.Isolated)
            {
                missing.Add($"the circuit breaker of {ServiceName.Of(service)} is open");
            }
        }

        missing.AddRange(_conditions.Where(condition => !condition.IsMet).Select(condition => condition.Name));
        return missing;
    }

    private void AddDatabase(StatusSnapshot snapshot, List<string> missing)
    {
        var database = snapshot[ExternalService.Database];
        if (database.CheckedAt is not { } checkedAt)
        {
            missing.Add("the database has not been checked yet");
        }
        else if (database.Probed != ServiceHealth.Healthy)
        {
            missing.Add("the database does not answer");
        }
        else if (time.GetUtcNow() - checkedAt is var age && age > MaxAge)
        {
            missing.Add(string.Create(CultureInfo.InvariantCulture, $"the database was last seen {age.TotalSeconds:0} s ago"));
        }

        if (!snapshot.IsMigrated)
        {
            missing.Add("the database migrations are not applied");
        }
    }
}
