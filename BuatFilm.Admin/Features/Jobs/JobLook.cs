using BuatFilm.Admin.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Jobs;

/// <summary>The words of recurring jobs.</summary>
internal sealed class JobLook(IStringLocalizer<RecurringJobsPageTexts> texts, Formats formats)
{
    /// <summary>The job in everyday words; its id when it has none.</summary>
    public string NameOf(string id) => texts[$"Job.{id}"] is { ResourceNotFound: false } known ? known.Value : id;

    /// <summary>What it does, and what happens without it.</summary>
    public string? PurposeOf(string id) => texts[$"Purpose.{id}"] is { ResourceNotFound: false } known ? known.Value : null;

    public string ScheduleOf(RecurringJobRow row) => JobSchedule.InWords(row.Cron, texts, formats);

    public Word StateOf(RecurringJobRow row) => new(
        texts[$"Run.{row.LastRun}"],
        "",
        row.LastRun switch
        {
            RunState.Never => Tone.Neutral,
            RunState.UnderWay => Tone.Info,
            RunState.Succeeded => Tone.Good,
            RunState.Forgotten => Tone.Good,
            RunState.Failed => Tone.Bad,
        },
        row.LastRun.ToString());

    /// <summary><c>140 md</c>, or as other durations above a second.</summary>
    public string? DurationOf(RecurringJobRow row) => row.Duration switch
    {
        null => null,
        { TotalMilliseconds: < 1_000 } quick => texts["Duration.Milliseconds", formats.Number((long)quick.TotalMilliseconds)],
        { } slow => formats.Duration(slow),
    };
}
