using Hangfire.PostgreSql;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BuatFilm.Admin.Data;

/// <summary>The one owner of the schema: ours and Hangfire's, under one lock, however many nodes start at once.</summary>
internal static class DatabaseMigrator
{
    /// <summary>Any number that nothing else locks; it spells the same on every node and version.</summary>
    private const long LockKey = 0x42_46_4D_49_47_52_41_54;

    public const string HangfireSchema = "hangfire";

    /// <summary>Brings the database to this build's schema; returns when another node has done it.</summary>
    /// <param name="connectionString">A role that may change the schema.</param>
    /// <param name="report">Gets one line when there is something to wait for or to do.</param>
    /// <exception cref="NpgsqlException">The database cannot be reached, or refused a statement.</exception>
    public static Task MigrateAsync(string connectionString, Action<string> report, CancellationToken cancellationToken) =>
        MigrateAsync(connectionString, appRole: null, report, cancellationToken);

    /// <inheritdoc cref="MigrateAsync(string, Action{string}, CancellationToken)"/>
    /// <param name="appRole">Gets its rights on all of it, unless it is the one that migrates.</param>
    public static async Task MigrateAsync(string connectionString, string? appRole, Action<string> report, CancellationToken cancellationToken)
    {
        // A session lock on a connection of its own. EF Core's own lock ends with its transaction and covers
        // neither Hangfire's schema nor a migration that runs outside one. If this process dies, so does the lock.
        await using var holder = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, KeepAlive = 15, ApplicationName = "buatfilm-migrations" }.ConnectionString);
        await holder.OpenAsync(cancellationToken);
        await TakeLockAsync(holder, report, cancellationToken);

        var ddl = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Options = "-c lock_timeout=10000", ApplicationName = "buatfilm-migrations" }.ConnectionString;
        await using var context = new AdminDbContext(new DbContextOptionsBuilder<AdminDbContext>().UseNpgsql(ddl).Options);
        await CreateHistoryTableAsync(ddl, cancellationToken);
        var pending = (await context.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
        if (pending.Count > 0)
        {
            report($"Applying {pending.Count} database migration(s): {string.Join(", ", pending)}.");
            await context.Database.MigrateAsync(cancellationToken).TellAsync("Still applying them", report, TimeProvider.System);
        }

        await using var hangfire = new NpgsqlConnection(ddl);
        await hangfire.OpenAsync(cancellationToken);
        PostgreSqlObjectsInstaller.Install(hangfire, HangfireSchema);

        if (appRole is not null && appRole != await RoleOfAsync(hangfire, cancellationToken) && await AppRole.GrantAsync(hangfire, appRole, HangfireSchema, cancellationToken) > 0)
        {
            report($"Gave the role {appRole} its rights on the tables.");
        }
    }

    private static async Task TakeLockAsync(NpgsqlConnection holder, Action<string> report, CancellationToken cancellationToken)
    {
        await using var tryLock = new NpgsqlCommand("select pg_try_advisory_lock($1)", holder) { Parameters = { new() { Value = LockKey } } };
        if ((bool)(await tryLock.ExecuteScalarAsync(cancellationToken))!)
        {
            return;
        }

        report("Another node is migrating the database; waiting for it.");
        await using var wait = new NpgsqlCommand("select pg_advisory_lock($1)", holder) { CommandTimeout = 0, Parameters = { new() { Value = LockKey } } };
        await wait.ExecuteNonQueryAsync(cancellationToken).TellAsync("Still waiting for the other node", report, TimeProvider.System);
    }

    private static async Task<string> RoleOfAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select current_user::text", connection);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Makes EF Core's history table ahead of it: asked for on an empty database, it would log an error that is none.</summary>
    private static async Task CreateHistoryTableAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var create = new NpgsqlCommand(
            """
            create table if not exists "__EFMigrationsHistory" (
                "MigrationId" character varying(150) not null constraint "PK___EFMigrationsHistory" primary key,
                "ProductVersion" character varying(32) not null)
            """,
            connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }
}
