using System.Text.Json;
using BuatFilm.Core.Breakers;

namespace BuatFilm.Tests.Breakers;

public sealed class OverrideDraftTests
{
    [Theory]
    [InlineData("isolated", BreakerMode.Isolated)]
    [InlineData("open", BreakerMode.Isolated)]
    [InlineData("forced_open", BreakerMode.Isolated)]
    [InlineData("closed", BreakerMode.Disabled)]
    [InlineData("disabled", BreakerMode.Disabled)]
    [InlineData("forced_closed", BreakerMode.Disabled)]
    [InlineData("monitor", BreakerMode.MonitorOnly)]
    [InlineData("monitor_only", BreakerMode.MonitorOnly)]
    [InlineData("Isolated", BreakerMode.Isolated)]
    [InlineData("automatic", null)]
    [InlineData("", null)]
    public void Mode_HasTheNamesThatPeopleUse(string name, BreakerMode? mode)
    {
        var draft = Read($$"""{"mode":"{{name}}","reason":"maintenance"}""", out var errors);

        Assert.Equal(mode, draft?.Mode);
        Assert.Equal(mode is null ? ["mode"] : [], errors.Keys);
    }

    [Theory]
    [InlineData("\"00:05:00\"", 300)]
    [InlineData("\"00:00:10\"", 10)]
    [InlineData("\"24:00:00\"", 86_400)]
    [InlineData("\"PT30M\"", 1800)]
    [InlineData("\"PT1H30M\"", 5400)]
    [InlineData("\"PT90S\"", 90)]
    [InlineData("\"P1D\"", 86_400)]
    [InlineData("\"1800\"", 1800)]
    [InlineData("600", 600)]
    [InlineData("null", 1800)]
    [InlineData("\"00:00:09\"", null)]
    [InlineData("\"24:00:01\"", null)]
    [InlineData("\"P2D\"", null)]
    [InlineData("\"PT\"", null)]
    [InlineData("\"P\"", null)]
    [InlineData("\"1:2:3:4\"", null)]
    [InlineData("\"00:60:00\"", null)]
    [InlineData("\"half an hour\"", null)]
    [InlineData("9", null)]
    [InlineData("-600", null)]
    [InlineData("86401", null)]
    [InlineData("1e99", null)]
    [InlineData("12.5", null)]
    [InlineData("true", null)]
    [InlineData("\"99999999999999999999\"", null)]
    public void Duration_IsFromTenSecondsToADay(string json, int? seconds)
    {
        var draft = Read($$"""{"mode":"isolated","reason":"maintenance","duration":{{json}}}""", out var errors);

        Assert.Equal(seconds, draft?.Duration.TotalSeconds);
        Assert.Equal(seconds is null ? ["duration"] : [], errors.Keys);
    }

    [Theory]
    [InlineData("\"ab\"", false)]
    [InlineData("\"   ab   \"", false)]
    [InlineData("\"abc\"", true)]
    [InlineData("\"a\\u0007bc\"", false)]
    [InlineData("12345", false)]
    [InlineData("null", false)]
    public void Reason_IsGivenInThreeCharactersAtLeast(string json, bool isTaken)
    {
        var draft = Read($$"""{"mode":"isolated","reason":{{json}}}""", out var errors);

        Assert.Equal(isTaken, draft is not null);
        Assert.Equal(isTaken ? [] : ["reason"], errors.Keys);
    }

    [Fact]
    public void Reason_OfFiveHundredCharacters_IsTheLongest()
    {
        Assert.NotNull(Read($$"""{"mode":"isolated","reason":"{{new string('a', 500)}}"}""", out _));
        Assert.Null(Read($$"""{"mode":"isolated","reason":"{{new string('a', 501)}}"}""", out _));
    }

    [Theory]
    [InlineData("{}", "mode reason")]
    [InlineData("""{"mode":7,"reason":"x","duration":[]}""", "mode reason duration")]
    [InlineData("[]", "$")]
    [InlineData("7", "$")]
    public void Errors_NameEveryMemberAtOnce(string json, string members)
    {
        Assert.Null(Read(json, out var errors));

        Assert.Equal(members.Split(' '), errors.Keys);
    }

    private static OverrideDraft? Read(string json, out IReadOnlyDictionary<string, string[]> errors)
    {
        using var document = JsonDocument.Parse(json);
        return OverrideDraft.TryRead(document.RootElement, out errors);
    }
}
