using System.Globalization;
using BuatFilm.Admin.Data.LocalPostgres;
using BuatFilm.Tests.Support;
using Npgsql;

namespace BuatFilm.Tests.Data.LocalPostgres;

public sealed class LocalPostgresServerTests : IClassFixture<MadeCluster>, IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<LocalPostgresServer> _servers = [];
    private readonly List<string> _report = [];

    // Most tests begin with data in the folder "made"; every other name is an empty folder.
    public LocalPostgresServerTests(MadeCluster made) => made.CopyTo(_folder["made"]);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        // A test that abandoned its server, or failed, may have left one.
        foreach (var data in Directory.GetDirectories(_folder.FullName, "data", SearchOption.AllDirectories))
        {
            if (File.Exists(Path.Combine(data, "postmaster.pid")))
            {
                await (await StartAsync(Path.GetDirectoryName(Path.GetDirectoryName(data))!)).DisposeAsync();
            }
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Start_OnAnEmptyFolder_AnswersAndReportsEachStep()
    {
        var server = await StartAsync(_folder["data root"]);

        Assert.Equal("buatfilm", await ScalarAsync(server, "SELECT current_database()"));
        Assert.Equal(_folder["data root"], server.DataDirectory);
        Assert.Collection(
            _report,
            line => Assert.StartsWith("Creating an empty PostgreSQL ", line, StringComparison.Ordinal),
            line => Assert.Matches("^Starting PostgreSQL [0-9]+ from .+ on port [0-9]+, data in .+", line));
    }

    [Fact]
    public async Task Start_Anywhere_ListensOnLoopbackOnlyAndWantsThePassword()
    {
        var server = await StartAsync(_folder["made"]);
        var wrong = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = "guess", Pooling = false };

        Assert.Equal("127.0.0.1", await ScalarAsync(server, "SHOW listen_addresses"));
        Assert.Equal("", await ScalarAsync(server, "SHOW unix_socket_directories"));
        Assert.Equal("200", await ScalarAsync(server, "SHOW max_connections"));
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(wrong.ConnectionString, "SELECT 1"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
        if (!OperatingSystem.IsWindows())
        {
            var password = Assert.Single(Directory.GetFiles(_folder["made"], "password", SearchOption.AllDirectories));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(password));
        }
    }

    [Fact]
    public async Task Start_Anywhere_SortsByCodePointAndKnowsEveryLetter()
    {
        var server = await StartAsync(_folder["made"]);

        Assert.Equal("B,a,É,é", await ScalarAsync(server, "SELECT string_agg(x, ',' ORDER BY x) FROM unnest(ARRAY['é', 'a', 'É', 'B']) x"));
        if (!OperatingSystem.IsMacOS())
        {
            Assert.Equal("éß", await ScalarAsync(server, "SELECT lower('Éß')"));
        }
    }

    [Theory]
    [InlineData(LocalPostgresMode.Durable, "on")]
    [InlineData(LocalPostgresMode.Throwaway, "off")]
    internal async Task Start_InAMode_SetsWhatReachesTheDisk(LocalPostgresMode mode, string expected)
    {
        var server = await StartAsync(_folder["made"], mode);

        Assert.Equal(expected, await ScalarAsync(server, "SHOW fsync"));
        Assert.Equal(expected, await ScalarAsync(server, "SHOW synchronous_commit"));
        Assert.Equal(expected, await ScalarAsync(server, "SHOW full_page_writes"));
    }

    [Fact]
    public async Task Start_ASecondTime_FindsTheData()
    {
        var first = await StartAsync(_folder["made"], LocalPostgresMode.Durable);
        await ScalarAsync(first, "CREATE TABLE kept AS SELECT 42 AS value");
        await first.DisposeAsync();

        var second = await StartAsync(_folder["made"], LocalPostgresMode.Durable);

        Assert.Equal(42, await ScalarAsync(second, "SELECT value FROM kept"));
        Assert.DoesNotContain(_report, line => line.StartsWith("Creating", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_InTwoFolders_GivesTwoServers()
    {
        var one = await StartAsync(_folder["made"]);
        var two = await StartAsync(_folder["other"]);
        await ScalarAsync(one, "CREATE TABLE only_in_one ()");

        Assert.Equal(true, await ScalarAsync(one, "SELECT to_regclass('only_in_one') IS NOT NULL"));
        Assert.Equal(false, await ScalarAsync(two, "SELECT to_regclass('only_in_one') IS NOT NULL"));
    }

    [Fact]
    public async Task Start_AfterTheOnlyUserWasKilled_GoesOnWithItsServerAndStopsItAtTheEnd()
    {
        var killed = await StartAsync(_folder["made"]);
        var startedAt = await ScalarAsync(killed, "SELECT pg_postmaster_start_time()");
        killed.Abandon();

        var next = await StartAsync(_folder["made"]);
        var stillStartedAt = await ScalarAsync(next, "SELECT pg_postmaster_start_time()");
        await next.DisposeAsync();

        Assert.Equal(startedAt, stillStartedAt);
        Assert.Contains(_report, line => line.StartsWith("Using the PostgreSQL", StringComparison.Ordinal));
        await AssertIsDownAsync(next);
    }

    [Fact]
    public async Task Start_WhenTheRunningServerHasAnotherPassword_ReplacesIt()
    {
        var killed = await StartAsync(_folder["made"]);
        await ScalarAsync(killed, "ALTER ROLE buatfilm PASSWORD 'changed'");
        killed.Abandon();

        // The replacement does not know the new password either; what counts is that the old server is gone.
        await Assert.ThrowsAsync<PostgresException>(() => StartAsync(_folder["made"]));

        Assert.Contains(_report, line => line.Contains("does not let us in", StringComparison.Ordinal));
        await AssertIsDownAsync(killed);
        Assert.False(File.Exists(Assert.Single(DataFolders()) + "/postmaster.pid"));
    }

    [Fact]
    public async Task Start_WhenTheServerWasKilledToo_RecoversWhatWasCommitted()
    {
        var killed = await StartAsync(_folder["made"], LocalPostgresMode.Durable);
        await ScalarAsync(killed, "CREATE TABLE kept AS SELECT 42 AS value");
        var postmaster = int.Parse((await PostmasterLinesAsync())[0], CultureInfo.InvariantCulture);
        killed.Abandon();
        using (var process = System.Diagnostics.Process.GetProcessById(postmaster))
        {
            process.Kill();
        }

        var next = await StartAsync(_folder["made"], LocalPostgresMode.Durable);

        Assert.Equal(42, await ScalarAsync(next, "SELECT value FROM kept"));
    }

    [Fact]
    public async Task Start_WhenALeftPidFileNamesAnotherProcess_LeavesThatAlone()
    {
        var first = await StartAsync(_folder["made"]);
        var lines = await PostmasterLinesAsync();
        await first.DisposeAsync();
        lines[0] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllLinesAsync(Assert.Single(DataFolders()) + "/postmaster.pid", lines, TestContext.Current.CancellationToken);

        var second = await StartAsync(_folder["made"]);

        Assert.Equal(1, await ScalarAsync(second, "SELECT 1"));
        Assert.DoesNotContain(_report, line => line.Contains("replacing it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_AfterAnInitdbThatWasCutShort_BeginsAnew()
    {
        var data = Assert.Single(DataFolders());
        Directory.Move(data, data + ".unfinished");

        var server = await StartAsync(_folder["made"]);

        Assert.Equal(1, await ScalarAsync(server, "SELECT 1"));
        Assert.False(Directory.Exists(data + ".unfinished"));
    }

    [Fact]
    public async Task Start_FourAtOnceOnAnEmptyFolder_ShareOneServer()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => StartAsync(_folder["empty"]))));

        Assert.Single(all.Select(server => server.ConnectionString).Distinct());
        Assert.Single(_report, line => line.StartsWith("Creating", StringComparison.Ordinal));
        Assert.Single(_report, line => line.StartsWith("Starting", StringComparison.Ordinal));
        Assert.Equal(1, await ScalarAsync(all[3], "SELECT 1"));
    }

    [Fact]
    public async Task Dispose_WhileOthersUseTheServer_LeavesItToTheLastOne()
    {
        var owner = await StartAsync(_folder["made"]);
        var second = await StartAsync(_folder["made"]);
        var third = await StartAsync(_folder["made"]);

        await owner.DisposeAsync();
        third.Abandon();
        Assert.Equal(1, await ScalarAsync(second, "SELECT 1"));
        await second.DisposeAsync();

        await AssertIsDownAsync(second);
        Assert.Equal("Stopped PostgreSQL.", _report[^1]);
    }

    [Fact]
    public async Task Dispose_WhenTheFolderIsGone_DoesNotThrow()
    {
        var server = await StartAsync(_folder["made"]);
        Directory.Move(_folder["made"], _folder["moved"]);

        await server.DisposeAsync();

        Assert.StartsWith("PostgreSQL could not be stopped", _report[^1], StringComparison.Ordinal);
        Directory.Move(_folder["moved"], _folder["made"]);
    }

    [Fact]
    public async Task Start_WithBrokenSettings_ShowsTheEndOfTheLog()
    {
        await File.AppendAllTextAsync(
            Assert.Single(DataFolders()) + "/postgresql.conf",
            "no_such_setting = 1\n",
            TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<LocalPostgresException>(() => StartAsync(_folder["made"]));

        Assert.Contains("unrecognized configuration parameter \"no_such_setting\"", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_BelowAClosedFolder_SaysSoToRootAndWorksForItsOwner()
    {
        var closed = Directory.CreateDirectory(_folder["closed"]).FullName;
        UnixRights.Set(closed, UnixRights.OwnerFolder);

        if (Environment.IsPrivilegedProcess)
        {
            var failure = await Assert.ThrowsAsync<LocalPostgresException>(() => StartAsync(_folder["closed/data"]));

            Assert.Contains("LocalPostgres:DataDirectory", failure.Message, StringComparison.Ordinal);
            Assert.Contains("chmod o+x", failure.Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(1, await ScalarAsync(await StartAsync(_folder["closed/data"]), "SELECT 1"));
        }
    }

    [Fact]
    public async Task Start_InAClosedFolderItself_OpensItForPassing()
    {
        UnixRights.Set(_folder["made"], UnixRights.OwnerFolder);

        Assert.Equal(1, await ScalarAsync(await StartAsync(_folder["made"]), "SELECT 1"));
    }

    [Fact]
    public async Task Start_WhereAFileStands_NamesTheSetting()
    {
        await File.WriteAllTextAsync(_folder["file"], "", TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<LocalPostgresException>(() => StartAsync(_folder["file"]));

        Assert.Contains("LocalPostgres:DataDirectory", failure.Message, StringComparison.Ordinal);
    }

    private async Task<LocalPostgresServer> StartAsync(string dataDirectory, LocalPostgresMode mode = LocalPostgresMode.Throwaway)
    {
        var server = await LocalPostgresServer.StartAsync(
            new LocalPostgresOptions { DataDirectory = dataDirectory },
            contentRoot: _folder.FullName,
            mode,
            Report,
            TimeProvider.System,
            TestContext.Current.CancellationToken);
        lock (_servers)
        {
            _servers.Add(server);
        }

        return server;
    }

    private void Report(string line)
    {
        lock (_report)
        {
            // Who waits for whom is a matter of luck.
            if (!line.Contains("waiting for it", StringComparison.Ordinal))
            {
                _report.Add(line);
            }
        }
    }

    private string[] DataFolders() => Directory.GetDirectories(_folder.FullName, "data", SearchOption.AllDirectories);

    private Task<string[]> PostmasterLinesAsync() =>
        File.ReadAllLinesAsync(Assert.Single(DataFolders()) + "/postmaster.pid", TestContext.Current.CancellationToken);

    private static async Task AssertIsDownAsync(LocalPostgresServer server)
    {
        var failure = await Assert.ThrowsAsync<NpgsqlException>(() => ScalarAsync(server, "SELECT 1"));
        Assert.IsType<System.Net.Sockets.SocketException>(failure.InnerException);
    }

    private static Task<object?> ScalarAsync(LocalPostgresServer server, string sql) =>
        ScalarAsync(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false }.ConnectionString, sql);

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
