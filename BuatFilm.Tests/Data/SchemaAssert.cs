using BuatFilm.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace BuatFilm.Tests.Data;

internal static class SchemaAssert
{
    /// <summary>One schema, one history: every migration stands there once, and so does Hangfire's version.</summary>
    public static async Task IsMigratedOnceAsync(string connectionString)
    {
        await using var context = Contexts.For(connectionString);
        var known = context.Database.GetMigrations().Order(StringComparer.Ordinal).ToList();

        Assert.Equal(
            known,
            await MigratedDatabase.ReadAsync<string[]>(connectionString, """select array_agg("MigrationId"::text order by "MigrationId") from "__EFMigrationsHistory" """));
        Assert.Equal(1L, await MigratedDatabase.ReadAsync<long>(connectionString, "select count(*) from hangfire.schema"));
        Assert.Equal(0L, await MigratedDatabase.ReadAsync<long>(connectionString, "select count(*) from orders"));
    }
}
