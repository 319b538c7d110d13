using BuatFilm.Admin.Data;
using BuatFilm.Tests.Faults;
using BuatFilm.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace BuatFilm.Tests.Data;

public sealed class DatabaseMigratorTests
{
    [Fact]
    public async Task Migrate_SixAtOnceOnAnEmptyDatabase_MigratesItOnce()
    {
        var rounds = FaultCounts.Of(quick: 3, full: 20);
        var waits = 0;
        for (var round = 0; round < rounds; round++)
        {
            await using var database = await TestPostgres.CreateEmptyDatabaseAsync();
            var reports = new List<string>();

            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => MigrateAsync(database.ConnectionString, reports))));

            await SchemaAssert.IsMigratedOnceAsync(database.ConnectionString);
            Assert.Single(reports, line => line.StartsWith("Applying", StringComparison.Ordinal));
            waits += reports.Count(line => line.StartsWith("Another node", StringComparison.Ordinal));
        }

        FaultReport.Write("F14, six at once in one process", new { Rounds = rounds, Waits = waits });
        Assert.True(waits > 0, "They never met.");
    }

    [Fact]
    public async Task Migrate_OnAMigratedDatabase_ChangesNothing()
    {
        await using var database = await MigratedDatabase.CreateAsync();
        var reports = new List<string>();

        await MigrateAsync(database.ConnectionString, reports);

        Assert.Empty(reports);
        await SchemaAssert.IsMigratedOnceAsync(database.ConnectionString);
    }

    [Fact]
    public async Task Migrations_AsTheyStand_CoverTheWholeModel()
    {
        await using var context = new DesignTimeContextFactory().CreateDbContext([]);

        Assert.False(context.Database.HasPendingModelChanges());
        Assert.NotEmpty(context.Database.GetMigrations());
        Assert.NotEmpty(context.Model.GetEntityTypes());
    }

    private static Task MigrateAsync(string connectionString, List<string> reports) => DatabaseMigrator.MigrateAsync(
        connectionString,
        line =>
        {
            lock (reports)
            {
                reports.Add(line);
            }
        },
        TestContext.Current.CancellationToken);
}
