using BuatFilm.Admin.Data.LocalPostgres;
using BuatFilm.Admin.Settings;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BuatFilm.Admin.Data;

/// <summary>Gets the app a database that is up to date, before anything else starts.</summary>
internal static class DatabaseStart
{
    public const string AppKey = "ConnectionStrings:BuatFilm";
    public const string OwnerKey = "ConnectionStrings:Migrations";

    /// <summary>Starts or joins the embedded PostgreSQL when no database is configured.</summary>
    /// <returns>Null when one is configured.</returns>
    /// <exception cref="InvalidOperationException">None is configured in Production.</exception>
    /// <exception cref="LocalPostgresException">The embedded one cannot be had; the message says what to do.</exception>
    public static async Task<LocalPostgresServer?> StartEmbeddedDatabaseAsync(this WebApplicationBuilder builder, Action<string> report, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrWhiteSpace(builder.Configuration[AppKey]))
        {
            return null;
        }

        if (builder.Environment.IsProduction())
        {
            throw new InvalidOperationException(FindMistakes(builder).First());
        }

        var options = builder.Configuration.GetSection(LocalPostgresOptions.Section).Get<LocalPostgresOptions>() ?? new LocalPostgresOptions();
        var server = await LocalPostgresServer.StartAsync(options, builder.Environment.ContentRootPath, LocalPostgresMode.Durable, report, TimeProvider.System, cancellationToken);
        builder.Configuration.AddInMemoryCollection([new(AppKey, server.ConnectionString)]);

        return server;
    }

    /// <summary>What is missing or cannot be read in the settings about the database.</summary>
    public static IEnumerable<string> FindMistakes(WebApplicationBuilder builder)
    {
        if (!string.IsNullOrWhiteSpace(builder.Configuration[AppKey]))
        {
            if (DatabaseAccess.FindMistake(AppKey, builder.Configuration[AppKey]) is { } mistake)
            {
                yield return mistake;
            }
        }
        else if (builder.Environment.IsProduction())
        {
            yield return $"{AppKey} is not set. In Production the app needs a PostgreSQL of yours, such as 'Host=db;Database=buatfilm;Username=buatfilm_app;Password=…'; the embedded one is for Development.";
        }

        if (!string.IsNullOrWhiteSpace(builder.Configuration[OwnerKey]) && DatabaseAccess.FindMistake(OwnerKey, builder.Configuration[OwnerKey]) is { } second)
        {
            yield return second;
        }
    }

    /// <summary>Waits for the database and brings the schema up to date, with the owner's role where there is one; the app's then gets its rights on it.</summary>
    /// <exception cref="DatabaseStartException">The database does not answer, or refuses.</exception>
    public static async Task MigrateDatabaseAsync(this WebApplicationBuilder builder, Action<string> report, CancellationToken cancellationToken)
    {
        var options = builder.Configuration.GetSection(DatabaseOptions.Section).Get<DatabaseOptions>() ?? new DatabaseOptions();
        var app = new DatabaseAccess(AppKey, builder.Configuration.GetConnectionString("BuatFilm")!);
        var owner = builder.Configuration.GetConnectionString("Migrations") is { Length: > 0 } migrations ? new DatabaseAccess(OwnerKey, migrations) : app;
        var role = await app.WaitAsync(options.WaitAtStart, report, TimeProvider.System, cancellationToken);
        try
        {
            await DatabaseMigrator.MigrateAsync(owner.ConnectionString, role, report, cancellationToken);
        }
        catch (NpgsqlException failure)
        {
            throw owner.Explain(failure);
        }
    }

    public static IServiceCollection AddDatabase(this IServiceCollection services)
    {
        services.AddOptions<DatabaseOptions>().BindConfiguration(DatabaseOptions.Section).ValidateSettings(DatabaseOptions.Section);
        services.AddSingleton<Databases>();
        services.AddDbContextFactory<AdminDbContext>((provider, options) => options.UseNpgsql(provider.GetRequiredService<Databases>().Pages));

        return services;
    }
}
