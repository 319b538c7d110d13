using System.Globalization;
using System.Text.RegularExpressions;
using BuatFilm.Admin.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Jobs;

/// <summary>A cron expression in words, for those kinds that our jobs have.</summary>
internal static partial class JobSchedule
{
    private static readonly TimeSpan Wib = TimeSpan.FromHours(7);

    /// <param name="cron">Five or six fields, in UTC.</param>
    /// <returns>The expression itself when it is of another kind.</returns>
    public static string InWords(string cron, IStringLocalizer<RecurringJobsPageTexts> texts, Formats formats)
    {
        if (EverySeconds().Match(cron) is { Success: true } seconds)
        {
            return texts["Schedule.Seconds", seconds.Groups["n"].Value];
        }

        if (cron == "* * * * *")
        {
            return texts["Schedule.Minute"];
        }

        if (EveryMinutes().Match(cron) is { Success: true } minutes)
        {
            return texts["Schedule.Minutes", minutes.Groups["n"].Value];
        }

        if (Daily().Match(cron) is { Success: true } daily)
        {
            // Any day will do: Jakarta has no summer time.
            var at = new DateTimeOffset(2026, 1, 1, Number(daily, "hour"), Number(daily, "minute"), 0, TimeSpan.Zero).ToOffset(Wib);
            return texts["Schedule.Daily", formats.Minute(at)];
        }

        return cron;
    }

    /// <summary>From one run to the next; a day for what is of another kind.</summary>
    /// <param name="cron">Five or six fields.</param>
    public static TimeSpan Period(string cron) =>
        EverySeconds().Match(cron) is { Success: true } seconds ? TimeSpan.FromSeconds(Number(seconds, "n"))
        : EveryMinutes().Match(cron) is { Success: true } minutes ? TimeSpan.FromMinutes(Number(minutes, "n"))
        : cron == "* * * * *" ? TimeSpan.FromMinutes(1)
        : TimeSpan.FromDays(1);

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\*/(?<n>\d{1,2}) \* \* \* \* \*$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex EverySeconds();

    [GeneratedRegex(@"^\*/(?<n>\d{1,2}) \* \* \* \*$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex EveryMinutes();

    [GeneratedRegex(@"^(?<minute>[0-5]?\d) (?<hour>1?\d|2[0-3]) \* \* \*$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Daily();
}
