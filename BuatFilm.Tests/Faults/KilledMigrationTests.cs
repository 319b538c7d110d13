using System.Diagnostics.CodeAnalysis;
using BuatFilm.Tests.Data;
using BuatFilm.Tests.Journeys;
using BuatFilm.Tests.Support;
using Npgsql;

namespace BuatFilm.Tests.Faults;

/// <summary>F14: three nodes start on one empty database, and the one that migrates it is killed at that.</summary>
[Collection(LongProcessTests.Name)]
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A seed repeats the run.")]
public sealed class KilledMigrationTests
{
    private const string Migrating = "Applying ";

    [Fact]
    public async Task Kill_WhileTheMigrationWaits_LetsAnotherNodeMigrate()
    {
        await using var database = await TestPostgres.CreateEmptyDatabaseAsync();
        var nodes = Enumerable.Range(0, 3).Select(_ => NodeOn(database)).ToList();
        try
        {
            // A table of this name that may yet be committed: the migration cannot know whether it may make its own.
            await using var other = new NpgsqlConnection(database.ConnectionString);
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await using var held = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using (var hold = new NpgsqlCommand("create table orders (id int)", other))
            {
                await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }

            nodes.ForEach(node => node.Launch());
            await AppHost.EventuallyAsync(async () => await BlockedAsync(database) > 0, "the migration waits", 60);
            var victim = Assert.Single(nodes, node => node.Output.Contains(Migrating, StringComparison.Ordinal));
            victim.Kill();
            await held.RollbackAsync(TestContext.Current.CancellationToken);

            await AssertOthersReadyAsync(database, nodes, victim, "F14, killed while it waits");
        }
        finally
        {
            await DisposeAsync(nodes);
        }
    }

    [Fact]
    public async Task Kill_AtARandomMomentOfTheMigration_LeavesOneSchema()
    {
        var rounds = FaultCounts.Of(quick: 1, full: 20);
        var seed = FaultReport.NewSeed("F14");
        var dice = new Random(seed);
        var caught = 0;
        for (var round = 0; round < rounds; round++)
        {
            await using var database = await TestPostgres.CreateEmptyDatabaseAsync();
            var nodes = Enumerable.Range(0, 3).Select(_ => NodeOn(database)).ToList();
            try
            {
                nodes.ForEach(node => node.Launch());
                await AppHost.EventuallyAsync(() => Task.FromResult(nodes.Exists(node => node.Output.Contains(Migrating, StringComparison.Ordinal))), "a node migrates", 60);
                var victim = nodes.Find(node => node.Output.Contains(Migrating, StringComparison.Ordinal))!;
                await Task.Delay(dice.Next(0, 400), TestContext.Current.CancellationToken);
                caught += await MigratedDatabase.ReadAsync<long>(database.ConnectionString, "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'buatfilm-migrations'") > 0 ? 1 : 0;
                victim.Kill();

                await AssertOthersReadyAsync(database, nodes, victim, "F14, killed at a random moment");
            }
            finally
            {
                await DisposeAsync(nodes);
            }
        }

        FaultReport.Write("F14", new { Seed = seed, Rounds = rounds, KilledInTheMigration = caught });
        Assert.True(caught > 0, "No kill met a migration.");
    }

    private static AppProcess NodeOn(TestDatabase database) => new(null, ("ConnectionStrings:BuatFilm", database.ConnectionString));

    private static Task<long> BlockedAsync(TestDatabase database) => MigratedDatabase.ReadAsync<long>(
        database.ConnectionString,
        "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'buatfilm-migrations' and wait_event_type = 'Lock' and wait_event <> 'advisory'");

    private static async Task AssertOthersReadyAsync(TestDatabase database, List<AppProcess> nodes, AppProcess victim, string fault)
    {
        var killed = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(nodes.Where(node => node != victim).Select(node => node.ReadyAsync()));
        FaultReport.Write(fault, new { OthersReadySeconds = TimeProvider.System.GetElapsedTime(killed).TotalSeconds });
        await SchemaAssert.IsMigratedOnceAsync(database.ConnectionString);
    }

    private static async Task DisposeAsync(List<AppProcess> nodes)
    {
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }
}
