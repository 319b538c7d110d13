using System.Globalization;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Components;

/// <summary>How numbers and times are written, in Indonesian or English; never by the machine's culture data, which differ.</summary>
public sealed class Formats(IStringLocalizer<ComponentTexts> texts)
{
    /// <summary>Western Indonesia Time, seven hours ahead of UTC, without summer time.</summary>
    private static readonly TimeSpan Wib = TimeSpan.FromHours(7);

    private static bool IsEnglish => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";

    private static char TimeSeparator => IsEnglish ? ':' : '.';

    /// <summary><c>1.250</c> or <c>1,250</c>.</summary>
    public string Number(long number)
    {
        var grouped = number.ToString("#,0", CultureInfo.InvariantCulture);
        return IsEnglish ? grouped : grouped.Replace(',', '.');
    }

    /// <summary>The number, or <c>10.000+</c> for a count that stopped one above a cap.</summary>
    /// <param name="countedUpTo">Where counting stopped.</param>
    public string Count(long number, long countedUpTo) =>
        number >= countedUpTo ? Number(countedUpTo - 1) + "+" : Number(number);

    /// <summary><c>14.02.05 WIB</c> or <c>14:02:05 WIB</c>.</summary>
    public string Clock(DateTimeOffset at) => ClockOf(at.ToOffset(Wib)) + " WIB";

    /// <summary><c>14.02 WIB</c> or <c>14:02 WIB</c>, for what is planned by the minute.</summary>
    public string Minute(DateTimeOffset at) => at.ToOffset(Wib).ToString($"HH'{TimeSeparator}'mm", CultureInfo.InvariantCulture) + " WIB";

    /// <summary>Only the clock when it is today in Jakarta, else <c>23 Nov 2026, 14.02.05 WIB</c>.</summary>
    public string Instant(DateTimeOffset at, DateTimeOffset now)
    {
        var local = at.ToOffset(Wib);
        return local.Date == now.ToOffset(Wib).Date ? Clock(at) : Full(at);
    }

    /// <summary><c>23 Nov 2026, 14.02.05 WIB</c>.</summary>
    public string Full(DateTimeOffset at)
    {
        var local = at.ToOffset(Wib);
        var month = texts["Months"].Value.Split(' ')[local.Month - 1];
        return string.Create(CultureInfo.InvariantCulture, $"{local.Day} {month} {local.Year}, {ClockOf(local)} WIB");
    }

    /// <summary><c>Senin, 23 November 2026, 14.02.05 WIB</c>.</summary>
    public string Spelled(DateTimeOffset at)
    {
        var local = at.ToOffset(Wib);
        var day = texts["Days"].Value.Split(' ')[(int)local.DayOfWeek];
        var month = texts["Months.Long"].Value.Split(' ')[local.Month - 1];
        return string.Create(CultureInfo.InvariantCulture, $"{day}, {local.Day} {month} {local.Year}, {ClockOf(local)} WIB");
    }

    /// <summary><c>20261123-140205</c>, in WIB, for names of files.</summary>
    public static string FileStamp(DateTimeOffset at) => at.ToOffset(Wib).ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);

    /// <summary>The exact instant in UTC, for machines: <c>2026-11-23T07:02:05Z</c>.</summary>
    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary><c>12,5%</c> or <c>12.5%</c>; at most one decimal.</summary>
    /// <param name="share">From 0 to 1.</param>
    public string Percent(double share)
    {
        var number = (share * 100).ToString("0.#", CultureInfo.InvariantCulture);
        return IsEnglish ? number + "%" : number.Replace('.', ',') + "%";
    }

    /// <summary>The two largest units, cut off: <c>2 jam 5 mnt</c>; below a second <c>0 dtk</c>. Negative counts as zero.</summary>
    public string Duration(TimeSpan duration)
    {
        var span = duration < TimeSpan.Zero ? TimeSpan.Zero : duration;
        (long Value, string Key)[] units =
        [
            ((long)span.TotalDays, "Unit.Days"), (span.Hours, "Unit.Hours"), (span.Minutes, "Unit.Minutes"), (span.Seconds, "Unit.Seconds"),
        ];
        var first = Array.FindIndex(units, unit => unit.Value > 0);
        if (first < 0)
        {
            return texts["Unit.Seconds", Number(0)];
        }

        return string.Join(
            ' ',
            units.Skip(first).Take(2).Where(unit => unit.Value > 0).Select(unit => texts[unit.Key, Number(unit.Value)].Value));
    }

    /// <summary><c>5 mnt lalu</c>, <c>dalam 5 mnt</c>, or <c>baru saja</c> within a second.</summary>
    public string Relative(DateTimeOffset at, DateTimeOffset now)
    {
        var distance = now - at;
        if (distance.Duration() < TimeSpan.FromSeconds(1))
        {
            return texts["Relative.Now"];
        }

        return distance > TimeSpan.Zero ? texts["Relative.Past", Duration(distance)] : texts["Relative.Future", Duration(-distance)];
    }

    private static string ClockOf(DateTimeOffset local) =>
        local.ToString($"HH'{TimeSeparator}'mm'{TimeSeparator}'ss", CultureInfo.InvariantCulture);
}
