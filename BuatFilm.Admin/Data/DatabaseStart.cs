using BuatFilm.Admin.Data.LocalPostgres;
using Microsoft.EntityFrameworkCore;

namespace BuatFilm.Admin.Data;

/// <summary>Gets the app a database that is up to date, before anything else starts.</summary>
internal static class DatabaseStart
{
    private const string Key = "ConnectionStrings:BuatFilm";

    /// <summary>Starts or joins the embedded PostgreSQL when no database is configured.</summary>
    /// <returns>Null when one is configured.</returns>
    /// <exception cref="InvalidOperationException">None is configured in Production.</exception>
    /// <exception cref="LocalPostgresException">The embedded one cannot be had; the message says what to do.</exception>
    public static async Task<LocalPostgresServer?> StartEmbeddedDatabaseAsync(this WebApplicationBuilder builder, Action<string> report, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrWhiteSpace(builder.Configuration[Key]))
        {
            return null;
        }

        if (builder.Environment.IsProduction())
        {
            throw new InvalidOperationException($"{Key} is not set. In Production the app needs a PostgreSQL of yours, such as 'Host=db;Database=buatfilm;Username=buatfilm;Password=…'; the embedded one is for Development.");
        }

        var options = builder.Configuration.GetSection(LocalPostgresOptions.Section).Get<LocalPostgresOptions>() ?? new LocalPostgresOptions();
        var server = await LocalPostgresServer.StartAsync(options, builder.Environment.ContentRootPath, LocalPostgresMode.Durable, report, TimeProvider.System, cancellationToken);
        builder.Configuration.AddInMemoryCollection([new(Key, server.ConnectionString)]);

        return server;
    }

    /// <summary>Brings the schema up to date, with the owner's role where there is one.</summary>
    public static Task MigrateDatabaseAsync(this WebApplicationBuilder builder, Action<string> report, CancellationToken cancellationToken) =>
        DatabaseMigrator.MigrateAsync(
            builder.Configuration.GetConnectionString("Migrations") ?? builder.Configuration.GetConnectionString("BuatFilm")!,
            report,
            cancellationToken);

    public static IServiceCollection AddDatabase(this IServiceCollection services)
    {
        services.AddSingleton<Databases>();
        services.AddDbContextFactory<AdminDbContext>((provider, options) => options.UseNpgsql(provider.GetRequiredService<Databases>().Pages));

        return services;
    }
}
