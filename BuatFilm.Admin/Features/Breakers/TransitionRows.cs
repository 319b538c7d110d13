using System.Globalization;
using System.Text.Json;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core;
using BuatFilm.Core.Alerts;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>What is left of a change when the process is gone: the history, and the alerts that people hear of.</summary>
internal sealed class TransitionRows(Databases databases, TimeProvider time)
{
    private const string Append = """
        insert into breaker_transitions (node_id, service, from_state, to_state, cause, at, retry_at, figures)
        select $1, $2, $3, $4, $5, t.at, t.at + $7, $8 from (select app_now() - $6 as at) t
        """;

    // A node that still sees the outage keeps the alert alive; its own word is in memory, not in its row.
    private const string ResolveOpened = """
        with others as (
            select 1 from node_status
            where stopped_at is null and node_id <> $2 and breakers -> $3 ->> 'state' in ('open', 'half_open')
            limit 1),
        ended as (
            update alerts set resolved_at = (select app_now())
            where dedupe_key = $1 and resolved_at is null and not exists (select 1 from others)
            returning 1)
        select exists (select 1 from ended),
               exists (select 1 from others) and exists (select 1 from alerts where dedupe_key = $1 and resolved_at is null)
        """;

    /// <summary>Writes one change, some time after it happened.</summary>
    /// <param name="node">The run whose breaker it was.</param>
    /// <param name="since">When it happened, as a timestamp of the time provider.</param>
    /// <param name="machine">For people.</param>
    /// <returns>True when an alert was raised or resolved.</returns>
    public async Task<bool> WriteAsync(BreakerChange change, Guid node, string machine, long since, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Workers.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (change.State != change.From)
        {
            await AppendAsync(connection, change, node, time.GetElapsedTime(since), cancellationToken);
        }

        var alerted = await AlertAsync(connection, change, machine, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return alerted;
    }

    /// <summary>Ends the alert of an open breaker, unless another living node's is open still.</summary>
    /// <returns>Whether it was ended now, and whether another node keeps it: then ask again.</returns>
    public async Task<(bool IsResolved, bool IsKept)> ResolveOpenedAsync(ExternalService service, Guid node, CancellationToken cancellationToken)
    {
        await using var command = databases.Workers.CreateCommand(ResolveOpened);
        command.Parameters.Add(new() { Value = OpenedKey(service) });
        command.Parameters.Add(new() { Value = node });
        command.Parameters.Add(new() { Value = ServiceName.Of(service) });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetBoolean(0), reader.GetBoolean(1));
    }

    private static async Task AppendAsync(NpgsqlConnection connection, BreakerChange change, Guid node, TimeSpan age, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Append, connection);
        command.Parameters.Add(new() { Value = node });
        command.Parameters.Add(new() { Value = ServiceName.Of(change.Service) });
        command.Parameters.Add(new() { Value = WireName<BreakerState>.Of(change.From) });
        command.Parameters.Add(new() { Value = WireName<BreakerState>.Of(change.State) });
        command.Parameters.Add(new() { Value = WireName<BreakerCause>.Of(change.Cause) });
        command.Parameters.Add(new() { Value = age });
        command.Parameters.Add(new() { Value = (object?)(change.RetryAt - change.At) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Interval });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(FiguresOf(change)), NpgsqlDbType = NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<bool> AlertAsync(NpgsqlConnection connection, BreakerChange change, string machine, CancellationToken cancellationToken)
    {
        var alerted = false;
        if (change is { State: BreakerState.Open, From: BreakerState.Closed })
        {
            // Nothing can be stored, or nothing be paid: somebody should get up.
            var severity = change.Service is ExternalService.Midtrans or ExternalService.Database ? AlertSeverity.Critical : AlertSeverity.Warning;
            await AlertRows.RaiseAsync(connection, "breaker_opened", severity, ServiceName.Of(change.Service), DataOf(change, machine), OpenedKey(change.Service), cancellationToken);
            alerted = true;
        }

        if (change is { Cause: BreakerCause.Misconfigured, Fault: { } fault })
        {
            var data = DataOf(change, machine);
            data["code"] = fault.Class;
            await AlertRows.RaiseAsync(connection, "service_misconfigured", AlertSeverity.Critical, ServiceName.Of(change.Service), data, MisconfiguredKey(change.Service), cancellationToken);
            alerted = true;
        }
        else if (change is { Fault: null, Cause: BreakerCause.ConfigurationAccepted or BreakerCause.TrialSucceeded or BreakerCause.FirstAnswer })
        {
            alerted |= await AlertRows.ResolveAsync(connection, MisconfiguredKey(change.Service), cancellationToken);
        }

        return alerted;
    }

    private static string OpenedKey(ExternalService service) => $"breaker_opened:{ServiceName.Of(service)}";

    private static string MisconfiguredKey(ExternalService service) => $"service_misconfigured:{ServiceName.Of(service)}";

    private static Dictionary<string, string> DataOf(BreakerChange change, string machine) => new(StringComparer.Ordinal)
    {
        ["service"] = ServiceName.Of(change.Service),
        ["cause"] = WireName<BreakerCause>.Of(change.Cause),
        ["machine"] = machine,
        ["failures"] = string.Join(", ", ClassesOf(change)),
        ["at"] = change.At.ToString("O", CultureInfo.InvariantCulture),
    };

    /// <summary>The counts that decided it, and the classes of the failures; flat.</summary>
    private static Dictionary<string, object?> FiguresOf(BreakerChange change)
    {
        if (change.Figures is not { } figures)
        {
            return [];
        }

        return new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["windowMs"] = (long)figures.Window.TotalMilliseconds,
            ["calls"] = figures.Recent.Decisive,
            ["failures"] = figures.Recent.Failures,
            ["failureRatio"] = Math.Round(figures.Recent.FailureRatio, 4),
            ["outagesInARow"] = figures.OutagesInARow,
            ["outages"] = figures.Recent.Outages,
            ["timedOut"] = figures.Recent.TimedOut,
            ["throttled"] = figures.Recent.Throttled,
            ["refusals"] = figures.Recent.Refusals,
            ["shortCircuited"] = figures.Recent.ShortCircuited,
            ["inFlight"] = figures.InFlight,
            ["p95Ms"] = figures.P95?.TotalMilliseconds,
            ["classes"] = string.Join(", ", ClassesOf(change)),
            ["fault"] = change.Fault?.Class,
        };
    }

    private static IEnumerable<string> ClassesOf(BreakerChange change) => change.Figures?.LastFailures.Take(5).Select(failure => failure.Class) ?? [];
}
