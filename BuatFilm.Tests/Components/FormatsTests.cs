using System.Globalization;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using BuatFilm.Tests.Live;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Tests.Components;

public sealed class FormatsTests
{
    private readonly Formats _formats = new(new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider()
        .GetRequiredService<IStringLocalizer<ComponentTexts>>());

    [Theory]
    [InlineData("id", 0, "0")]
    [InlineData("id", 1_250, "1.250")]
    [InlineData("id", 1_234_567, "1.234.567")]
    [InlineData("en", 1_250, "1,250")]
    public void Number_InEitherLanguage_IsGrouped(string culture, long number, string expected)
    {
        Speak(culture);

        Assert.Equal(expected, _formats.Number(number));
    }

    [Theory]
    [InlineData(10_000, "10.000")]
    [InlineData(OutboxFigures.CountedUpTo, "10.000+")]
    public void Count_AtTheCap_SaysMore(long number, string expected)
    {
        Speak("id");

        Assert.Equal(expected, _formats.Count(number, OutboxFigures.CountedUpTo));
    }

    [Theory]
    [InlineData("id", "14.02.05 WIB", "23 Nov 2026, 14.02.05 WIB")]
    [InlineData("en", "14:02:05 WIB", "23 Nov 2026, 14:02:05 WIB")]
    public void Instant_TodayOrNot_IsWrittenInWib(string culture, string clock, string full)
    {
        Speak(culture);

        Assert.Equal(clock, _formats.Instant(Boards.Noon, Boards.Noon.AddHours(9)));
        Assert.Equal(full, _formats.Instant(Boards.Noon, Boards.Noon.AddHours(10))); // Past midnight in Jakarta, not in Greenwich.
    }

    [Fact]
    public void Full_InAugust_IsIndonesian()
    {
        Speak("id");

        Assert.Equal("1 Agu 2026, 00.00.00 WIB", _formats.Full(new DateTimeOffset(2026, 7, 31, 17, 0, 0, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData(0, "0 dtk")]
    [InlineData(-5, "0 dtk")]
    [InlineData(59, "59 dtk")]
    [InlineData(60, "1 mnt")]
    [InlineData(125, "2 mnt 5 dtk")]
    [InlineData(7_534, "2 jam 5 mnt")]
    [InlineData(3_605, "1 jam")]
    [InlineData(90_000, "1 hr 1 jam")]
    public void Duration_Always_ShowsTheTwoLargestUnits(int seconds, string expected)
    {
        Speak("id");

        Assert.Equal(expected, _formats.Duration(TimeSpan.FromSeconds(seconds)));
    }

    [Theory]
    [InlineData(0, "baru saja")]
    [InlineData(125, "2 mnt 5 dtk lalu")]
    [InlineData(-125, "2 mnt 5 dtk lagi")]
    public void Relative_ByDistance_LooksBackOrAhead(int secondsAgo, string expected)
    {
        Speak("id");

        Assert.Equal(expected, _formats.Relative(Boards.Noon.AddSeconds(-secondsAgo), Boards.Noon));
    }

    private static void Speak(string culture) => CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
}
