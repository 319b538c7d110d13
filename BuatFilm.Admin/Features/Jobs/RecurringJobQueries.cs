using System.Globalization;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Hangfire;
using Hangfire.Common;

namespace BuatFilm.Admin.Features.Jobs;

/// <summary>Reads the registered jobs, and what Hangfire knows of their runs, in one statement.</summary>
/// <remarks>Hangfire's own reading takes three statements a job, which every open page would pay for at every change.</remarks>
internal sealed class RecurringJobQueries(IEnumerable<RecurringJobEntry> entries, Databases databases)
{
    // Failed runs never expire, and the failed ones are few: an index leads to them.
    private const string Sql = $"""
        with known as (
            select substr(h.key, 15) as id,
                   max(h.value) filter (where h.field = 'NextExecution') as next_at,
                   max(h.value) filter (where h.field = 'LastExecution') as last_at,
                   max(h.value) filter (where h.field = 'LastJobId') as last_job
            from {DatabaseMigrator.HangfireSchema}.hash h
            where h.key like 'recurring-job:%'
            group by h.key),
        failed as (
            select trim(both '"' from p.value) as id, count(*)::int as times, max(s.createdat) as last_at,
                   (array_agg(s.data ->> 'ExceptionMessage' order by s.createdat desc))[1] as error
            from {DatabaseMigrator.HangfireSchema}.job j
            join {DatabaseMigrator.HangfireSchema}.state s on s.id = j.stateid
            join {DatabaseMigrator.HangfireSchema}.jobparameter p on p.jobid = j.id and p.name = 'RecurringJobId'
            where j.statename = 'Failed' and s.createdat > clock_timestamp() - interval '24 hours'
            group by 1)
        select k.id, k.next_at, k.last_at, k.last_job is not null, j.statename, s.data ->> 'PerformanceDuration', coalesce(f.times, 0), f.last_at, f.error
        from known k
        left join {DatabaseMigrator.HangfireSchema}.job j on j.id = k.last_job::bigint
        left join {DatabaseMigrator.HangfireSchema}.state s on s.id = j.stateid
        left join failed f on f.id = k.id
        """;

    private readonly RecurringJobEntry[] _entries = [.. entries.OrderBy(entry => JobSchedule.Period(entry.Cron)).ThenBy(entry => entry.Id, StringComparer.Ordinal)];

    /// <summary>For the list, as the filter <c>state</c> wants it: all jobs are one page, those first that run most often, since the shop feels their lack first.</summary>
    public async Task<PagedRows<RecurringJobRow>> ReadAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        var rows = await ReadAsync(cancellationToken);
        return new PagedRows<RecurringJobRow>([.. rows.Where(row => query["state"] != "failing" || row.Failures > 0)], null);
    }

    /// <returns>Null when no job has this id.</returns>
    public async Task<RecurringJobRow?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await ReadAsync(cancellationToken)).Find(row => row.Id == id);

    private async Task<List<RecurringJobRow>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        var known = (await connection.ListAsync(
            Sql,
            reader => (
                Id: reader.GetString(0),
                NextAt: At(reader.Text(1)),
                LastAt: At(reader.Text(2)),
                LastRun: StateOf(reader.GetBoolean(3), reader.Text(4)),
                Duration: long.TryParse(reader.Text(5), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) ? TimeSpan.FromMilliseconds(milliseconds) : (TimeSpan?)null,
                Failures: reader.GetInt32(6),
                LastFailedAt: reader.InstantOrNull(7),
                LastError: reader.Text(8)),
            cancellationToken)).ToDictionary(row => row.Id, StringComparer.Ordinal);

        return [.. _entries.Select(entry => known.TryGetValue(entry.Id, out var row)
            ? new RecurringJobRow(entry.Id, entry.Cron, entry.Permission, row.NextAt, row.LastAt, row.LastRun, row.Duration, row.Failures, row.LastFailedAt, row.LastError)
            : new RecurringJobRow(entry.Id, entry.Cron, entry.Permission, null, null, RunState.Never, null, 0, null, null))];
    }

    private static RunState StateOf(bool hasRun, string? state) => (hasRun, state) switch
    {
        (false, _) => RunState.Never,
        (true, null) => RunState.Forgotten,
        (true, "Succeeded") => RunState.Succeeded,
        (true, "Failed" or "Deleted") => RunState.Failed,
        _ => RunState.UnderWay,
    };

    private static DateTimeOffset? At(string? text) =>
        string.IsNullOrEmpty(text) ? null : JobHelper.DeserializeNullableDateTime(text) is { } at ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)) : null;
}
