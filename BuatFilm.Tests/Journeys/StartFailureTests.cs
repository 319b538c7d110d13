using System.Net;
using System.Net.Sockets;
using BuatFilm.Tests.Support;
using Npgsql;

namespace BuatFilm.Tests.Journeys;

/// <summary>What keeps the program from starting is said in a sentence, to whoever started it.</summary>
[Collection(ProcessTests.Name)]
public sealed class StartFailureTests(MigratedCluster cluster)
{
    [Fact]
    public async Task Start_WithoutSandboxAndMailServer_NamesTheSetting() =>
        await AssertRefusedAsync(["Smtp:Host"], cluster, ("Sandbox:Enabled", "false"));

    [Fact]
    public async Task Start_InProductionWithoutADatabase_NamesTheSetting()
    {
        var app = await AssertRefusedAsync(["ConnectionStrings:BuatFilm"], null, ("environment", "Production"), ("LocalPostgres:DataDirectory", "/nowhere/at/all"));

        Assert.DoesNotContain("Creating", app, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_InProductionWithNothingSet_NamesEverythingThatIsMissingAtOnce()
    {
        var output = await AssertRefusedAsync(["ConnectionStrings:BuatFilm", "Midtrans:ServerKey", "Smtp:Host", "Smtp:From"], null, ("environment", "Production"));

        Assert.Contains("appsettings.Example.json", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithMistakesOfEveryKind_NamesAllOfThem() => await AssertRefusedAsync(
        ["Outbox:BatchSize", "Orders:Lease", "ConnectionStrings:Migrations", "Sandbox:Enabled"],
        null,
        ("environment", "Production"),
        ("Sandbox:Enabled", "true"),
        ("Outbox:BatchSize", "many"),
        ("Orders:Lease", "00:00:01"),
        ("ConnectionStrings:Migrations", "very-secret-word"));

    [Fact]
    public async Task Start_WithAConnectionStringThatCannotBeRead_NamesTheSetting() =>
        await AssertRefusedAsync(["ConnectionStrings:BuatFilm"], null, ("ConnectionStrings:BuatFilm", "Host=127.0.0.1;Passwort=very-secret-word"));

    [Fact]
    public async Task Start_WithADatabaseThatDoesNotExist_SaysSo()
    {
        await using var database = await TestPostgres.CreateEmptyDatabaseAsync();
        var elsewhere = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = "nowhere" }.ConnectionString;

        await AssertRefusedAsync(["ConnectionStrings:BuatFilm", "\"nowhere\" does not exist", "deploy/roles.sql"], null, ("ConnectionStrings:BuatFilm", elsewhere));
    }

    [Fact]
    public async Task Start_WithAWrongPassword_SaysSo()
    {
        await using var database = await TestPostgres.CreateEmptyDatabaseAsync();
        var wrong = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Password = "very-secret-word" }.ConnectionString;

        await AssertRefusedAsync(["ConnectionStrings:BuatFilm", "password authentication failed", "Check Username and Password"], null, ("ConnectionStrings:BuatFilm", wrong));
    }

    [Fact]
    public async Task Start_AheadOfItsDatabase_SaysThatItWaitsAndGoesOnWhenItComes()
    {
        await using var database = await MigratedDatabase.CreateAsync();
        await using var wire = TcpRelay.To(database.ConnectionString);
        await wire.CutAsync();
        await using var app = new AppProcess(cluster: null, ("ConnectionStrings:BuatFilm", wire.ConnectionString));

        app.Launch();
        await app.WroteAsync("Waiting for PostgreSQL");
        wire.Mend();
        await app.ReadyAsync();

        Assert.Contains("PostgreSQL answers.", app.Output, StringComparison.Ordinal);
        app.Terminate();
        Assert.Equal(0, await app.EndAsync());
        Assert.Contains("Stopping:", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_InProductionWithTheSandbox_SaysThatItNeverRunsThere() =>
        await AssertRefusedAsync(["Sandbox:Enabled"], null, ("environment", "Production"), ("Sandbox:Enabled", "true"), ("ConnectionStrings:BuatFilm", "Host=127.0.0.1;Port=1"));

    [Fact]
    public async Task Start_WithAWrongAddress_NamesTheSetting() =>
        await AssertRefusedAsync(["Midtrans:SnapBaseUrl"], cluster, ("Midtrans:SnapBaseUrl", "ftp://x"));

    [Fact]
    public async Task Start_WithTwoWrongSections_NamesBoth() =>
        await AssertRefusedAsync(["Midtrans:SnapBaseUrl", "Smtp:Host"], cluster, ("Midtrans:SnapBaseUrl", "ftp://x"), ("Sandbox:Enabled", "false"));

    [Fact]
    public async Task Start_WithAWrongWordForANumber_NamesTheSetting() =>
        await AssertRefusedAsync(["Outbox:BatchSize"], cluster, ("Outbox:BatchSize", "many"));

    [Fact]
    public async Task Start_WithADatabaseThatIsNotThere_NamesItsAddress() =>
        await AssertRefusedAsync(["127.0.0.1:1"], null, ("Database:WaitAtStart", "00:00:01"), ("ConnectionStrings:BuatFilm", "Host=127.0.0.1;Port=1;Database=b;Username=u;Password=very-secret-word"));

    [Fact]
    public async Task Start_OnATakenPort_NamesThePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        await AssertRefusedAsync([$"127.0.0.1:{port}", "in use"], cluster, ("urls", $"http://127.0.0.1:{port}"));
    }

    [Fact]
    public async Task Help_Always_ListsTheOptionsAndStartsNothing()
    {
        await using var app = new AppProcess(cluster: null);

        app.Launch("--help");
        var exitCode = await app.EndAsync();

        Assert.Equal(0, exitCode);
        Assert.All(["--urls", "--ConnectionStrings:BuatFilm", "--LocalPostgres:DataDirectory", "--Sandbox:Enabled", "--help"], option => Assert.Contains(option, app.Output, StringComparison.Ordinal));
        Assert.False(Directory.Exists(app.PostgresFolder));
    }

    private static async Task<string> AssertRefusedAsync(string[] named, MigratedCluster? cluster, params (string Key, string Value)[] settings)
    {
        await using var app = new AppProcess(cluster, settings);

        app.Launch();
        var exitCode = await app.EndAsync(60);

        Assert.Equal(1, exitCode);
        Assert.All(named, name => Assert.Contains(name, app.Output, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", app.Output[app.Output.LastIndexOf(named[0], StringComparison.Ordinal)..], StringComparison.Ordinal); // Whatever a starved machine logged before.
        Assert.DoesNotContain("Unhandled", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret-word", app.Output, StringComparison.Ordinal);
        Assert.False(await app.HasPostgresAsync());
        return app.Output;
    }
}
