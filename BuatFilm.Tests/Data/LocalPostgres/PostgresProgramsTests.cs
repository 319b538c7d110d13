using BuatFilm.Admin.Data.LocalPostgres;

namespace BuatFilm.Tests.Data.LocalPostgres;

public sealed class PostgresProgramsTests
{
    private const string Fetched = "/home/rani/.local/share/buatfilm-admin/programs";

    private static readonly IReadOnlySet<int> NoData = new HashSet<int>();

    [Theory]
    [InlineData("/usr/lib/postgresql/15/bin")]
    [InlineData("/usr/pgsql-16/bin")]
    [InlineData("/opt/homebrew/opt/postgresql@17/bin")]
    [InlineData("/usr/local/opt/postgresql@14/bin")]
    [InlineData("/home/linuxbrew/.linuxbrew/opt/postgresql@17/bin")]
    [InlineData("/Applications/Postgres.app/Contents/Versions/18/bin")]
    [InlineData("/snap/bin")]
    public async Task FindAll_InAKnownFolderOrOnPath_FindsIt(string folder)
    {
        var machine = MachineWith(path: ["/usr/bin", "/snap/bin"], (folder, 17));

        var found = await PostgresPrograms.FindAllAsync(Fetched, machine);

        Assert.Equal([new PostgresPrograms(folder, 17)], found);
    }

    [Fact]
    public async Task FindAll_OnAMacWithTwoFromHomebrew_ChoosesTheNewer()
    {
        var machine = MachineWith(
            path: ["/opt/homebrew/bin", "/usr/bin"],
            ("/opt/homebrew/opt/postgresql@15/bin", 15),
            ("/opt/homebrew/opt/postgresql@17/bin", 17));

        var chosen = PostgresPrograms.Choose(await PostgresPrograms.FindAllAsync(Fetched, machine), NoData);

        Assert.Equal(new PostgresPrograms("/opt/homebrew/opt/postgresql@17/bin", 17), chosen);
    }

    [Fact]
    public async Task Choose_WhenAnOlderMajorHasData_StaysWithTheData()
    {
        var machine = MachineWith(path: [], ("/usr/lib/postgresql/15/bin", 15), ("/usr/lib/postgresql/17/bin", 17));

        var chosen = PostgresPrograms.Choose(await PostgresPrograms.FindAllAsync(Fetched, machine), new HashSet<int> { 15 });

        Assert.Equal(15, chosen?.Major);
    }

    [Fact]
    public async Task Choose_WhenTheMajorWithDataIsGone_TakesTheNewest()
    {
        var machine = MachineWith(path: [], ("/usr/lib/postgresql/15/bin", 15), ("/usr/lib/postgresql/17/bin", 17));

        var chosen = PostgresPrograms.Choose(await PostgresPrograms.FindAllAsync(Fetched, machine), new HashSet<int> { 16 });

        Assert.Equal(17, chosen?.Major);
    }

    [Theory]
    [InlineData(null, 15)]
    [InlineData(18, 18)]
    public async Task Choose_BesideFetchedOnes_TakesThemOnlyForTheirData(int? majorWithData, int expected)
    {
        var machine = MachineWith(path: [], ("/usr/lib/postgresql/15/bin", 15), (Fetched + "/postgresql-18.4.0/bin", 18));
        var found = await PostgresPrograms.FindAllAsync(Fetched, machine);

        var chosen = PostgresPrograms.Choose(found, majorWithData is { } major ? new HashSet<int> { major } : NoData);

        Assert.Equal(2, found.Count);
        Assert.Equal(expected, chosen?.Major);
    }

    [Fact]
    public async Task Choose_OfTheSameMajor_TakesTheOneOnPath()
    {
        var machine = MachineWith(path: ["/opt/pg/bin"], ("/usr/lib/postgresql/17/bin", 17), ("/opt/pg/bin", 17));

        var chosen = PostgresPrograms.Choose(await PostgresPrograms.FindAllAsync(Fetched, machine), NoData);

        Assert.Equal("/opt/pg/bin", chosen?.BinDirectory);
    }

    [Fact]
    public async Task FindAll_TooOldOrOfNoVersionOrIncomplete_PassesOver()
    {
        var machine = MachineWith(path: [], ("/usr/lib/postgresql/13/bin", 13), ("/usr/lib/postgresql/16/bin", null)) with
        {
            SearchPath = ["/usr/bin"], // Debian's postgresql-client puts psql there, and none of the three.
        };

        Assert.Empty(await PostgresPrograms.FindAllAsync(Fetched, machine));
    }

    [Fact]
    public async Task InNamedFolder_WithAllPrograms_TakesThem()
    {
        var machine = MachineWith(path: [], ("/opt/pg/bin", 16));

        Assert.Equal(new PostgresPrograms("/opt/pg/bin", 16), await PostgresPrograms.InNamedFolderAsync("/opt/pg/bin", machine));
    }

    [Theory]
    [InlineData("/nowhere", "there is no initdb in it")]
    [InlineData("/opt/old/bin", "of PostgreSQL 13; version 14 or later is needed")]
    [InlineData("/opt/broken/bin", "does not run")]
    public async Task InNamedFolder_Unusable_SaysWhyAndNamesTheSetting(string folder, string reason)
    {
        var machine = MachineWith(path: [], ("/opt/old/bin", 13), ("/opt/broken/bin", null));

        var failure = await Assert.ThrowsAsync<LocalPostgresException>(() => PostgresPrograms.InNamedFolderAsync(folder, machine));

        Assert.Contains("LocalPostgres:BinDirectory", failure.Message, StringComparison.Ordinal);
        Assert.Contains(folder, failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    internal static Machine MachineWith(string[] path, params (string Folder, int? Major)[] installed)
    {
        var files = installed
            .SelectMany(each => new[] { "initdb", "pg_ctl", "postgres" }.Select(program => $"{each.Folder}/{program}"))
            .ToHashSet(StringComparer.Ordinal);
        var majors = installed.ToDictionary(each => $"{each.Folder}/pg_ctl", each => each.Major, StringComparer.Ordinal);

        return new Machine(
            path,
            files.Contains,
            parent => installed
                .Where(each => each.Folder.StartsWith(parent + "/", StringComparison.Ordinal))
                .Select(each => $"{parent}/{each.Folder[(parent.Length + 1)..].Split('/')[0]}")
                .Distinct(),
            pgCtl => Task.FromResult(majors[pgCtl]));
    }
}
