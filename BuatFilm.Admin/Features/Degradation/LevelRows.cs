using BuatFilm.Core;
using BuatFilm.Core.Alerts;
using BuatFilm.Core.Degradation;
using BuatFilm.Core.Health;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Degradation;

/// <summary>What is to be said of an outage: in the alert's data and in its severity.</summary>
/// <param name="Ago">How long ago the outage began.</param>
internal sealed record OutageFacts(DegradationLevel Level, DegradationLevel Worst, IReadOnlyList<ExternalService> Services, TimeSpan Ago)
{
    public AlertSeverity Severity => Worst >= DegradationLevel.Severe ? AlertSeverity.Critical : AlertSeverity.Warning;

    public string Causes => string.Join(", ", Services.Select(ServiceName.Of));
}

/// <summary>A change that waits to be written.</summary>
/// <param name="Ago">How long ago it happened: the database's clock says when that was.</param>
internal sealed record WaitingChange(LevelChange Change, TimeSpan Ago);

/// <summary>The statements on the history of the level and on the one alert of an outage, whichever node sees it.</summary>
internal static class LevelRows
{
    private const string InsertChange = """
        insert into degradation_changes (node_id, from_level, to_level, causes, at)
        values ($1, $2, $3, $4, (select app_now()) - make_interval(secs => $5))
        """;

    // The worst of all nodes stays, and the services of all nodes: one node may see more than another.
    private const string Raise = """
        insert into alerts as a (kind, severity, target, data, dedupe_key, raised_at)
        values ('degradation_level', $1, null, jsonb_build_object('level', $2::text, 'worst', $3::text, 'causes', $4::text),
                'degradation_level', (select app_now()) - make_interval(secs => $5))
        on conflict (dedupe_key) where resolved_at is null do update set
            occurrences = a.occurrences + 1,
            last_raised_at = (select app_now()),
            severity = case when a.severity = 'critical' then 'critical' else excluded.severity end,
            data = a.data || jsonb_build_object(
                'level', $2::text,
                'worst', case when array_position($6::text[], a.data ->> 'worst') > array_position($6::text[], $3::text) then a.data ->> 'worst' else $3::text end,
                'causes', (select string_agg(distinct cause, ', ') from regexp_split_to_table(concat_ws(', ', nullif(a.data ->> 'causes', ''), nullif($4::text, '')), ', ') as cause))
        """;

    // The word of a node counts while it lives; of a dead one nobody knows what it would see today.
    private const string Resolve = """
        update alerts a set resolved_at = greatest(a.raised_at, (select app_now()) - make_interval(secs => $2)), data = a.data || '{"level":"normal"}'
        where a.dedupe_key = 'degradation_level' and a.resolved_at is null
          and not exists (
            select 1
            from node_status n
            cross join lateral (select c.to_level from degradation_changes c where c.node_id = n.node_id order by c.at desc, c.id desc limit 1) last
            where n.stopped_at is null and n.node_id <> $1 and last.to_level <> 'normal')
        """;

    private const string IsOpen = "select exists (select 1 from alerts where dedupe_key = 'degradation_level' and resolved_at is null)";

    private static readonly string[] Ranks = [.. WireName<DegradationLevel>.All];

    public static async Task AddChangeAsync(NpgsqlConnection connection, Guid node, WaitingChange waiting, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(InsertChange, connection);
        command.Parameters.Add(new() { Value = node });
        command.Parameters.Add(new() { Value = WireName<DegradationLevel>.Of(waiting.Change.From) });
        command.Parameters.Add(new() { Value = WireName<DegradationLevel>.Of(waiting.Change.To) });
        command.Parameters.Add(new() { Value = waiting.Change.Causes.Select(ServiceName.Of).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = Seconds(waiting.Ago) });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Raises the outage's alert, or brings the open one up to date.</summary>
    public static async Task RaiseAsync(NpgsqlConnection connection, OutageFacts outage, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Raise, connection);
        command.Parameters.Add(new() { Value = WireName<AlertSeverity>.Of(outage.Severity) });
        command.Parameters.Add(new() { Value = WireName<DegradationLevel>.Of(outage.Level) });
        command.Parameters.Add(new() { Value = WireName<DegradationLevel>.Of(outage.Worst) });
        command.Parameters.Add(new() { Value = outage.Causes });
        command.Parameters.Add(new() { Value = Seconds(outage.Ago) });
        command.Parameters.Add(new() { Value = Ranks });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Ends the alert, unless another living node still sees an outage.</summary>
    /// <param name="calm">How long all has been well.</param>
    /// <returns>True when no alert is open any more.</returns>
    public static async Task<bool> ResolveAsync(NpgsqlConnection connection, Guid node, TimeSpan calm, CancellationToken cancellationToken)
    {
        await using (var open = new NpgsqlCommand(IsOpen, connection))
        {
            if (!(bool)(await open.ExecuteScalarAsync(cancellationToken))!)
            {
                return true;
            }
        }

        await using var resolve = new NpgsqlCommand(Resolve, connection) { Parameters = { new() { Value = node }, new() { Value = Seconds(calm) } } };
        return await resolve.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private static double Seconds(TimeSpan ago) => Math.Max(0, ago.TotalSeconds);
}
