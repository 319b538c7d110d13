namespace BuatFilm.Admin.Features.Jobs;

/// <summary>How the last run of a job stands.</summary>
public enum RunState
{
    /// <summary>It has not run yet.</summary>
    Never,

    /// <summary>It waits for a worker, or is at work.</summary>
    UnderWay,
    Succeeded,

    /// <summary>Hangfire has forgotten a run that it would have kept, had it failed.</summary>
    Forgotten,
    Failed,
}

/// <summary>One recurring job, with its last run.</summary>
/// <param name="Id">As its feature registered it.</param>
/// <param name="Cron">Five or six fields, in UTC.</param>
/// <param name="Permission">What it takes to run it by hand.</param>
/// <param name="NextAt">Null while Hangfire does not know the job.</param>
/// <param name="Duration">Of the last run; null while it runs, and when it failed or was forgotten.</param>
/// <param name="Failures">Runs of the last 24 hours that failed.</param>
/// <param name="LastFailedAt">The last of them.</param>
/// <param name="LastError">What it failed by; written by whoever failed.</param>
public sealed record RecurringJobRow(
    string Id,
    string Cron,
    string Permission,
    DateTimeOffset? NextAt,
    DateTimeOffset? LastAt,
    RunState LastRun,
    TimeSpan? Duration,
    int Failures,
    DateTimeOffset? LastFailedAt,
    string? LastError);
