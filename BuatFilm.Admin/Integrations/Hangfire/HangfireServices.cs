using BuatFilm.Admin.Data;
using BuatFilm.Admin.Security;
using Hangfire;
using Hangfire.Dashboard;
using Hangfire.PostgreSql;
using Npgsql;

namespace BuatFilm.Admin.Integrations.Hangfire;

/// <summary>Hangfire: recurring jobs on the app's own database. It only wakes; due times and leases live in our tables.</summary>
internal static class HangfireServices
{
    public static IServiceCollection AddRecurringJobs(this IServiceCollection services)
    {
        services.AddHangfire((provider, hangfire) => hangfire
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings()
            .UsePostgreSqlStorage(
                storage => storage.UseConnectionFactory(new PooledConnections(provider.GetRequiredService<Databases>().ConnectionString)),
                new PostgreSqlStorageOptions
                {
                    SchemaName = DatabaseMigrator.HangfireSchema,
                    PrepareSchemaIfNecessary = false, // The migrator installs it, under our lock.
                    QueuePollInterval = TimeSpan.FromSeconds(2),

                    // The default leaves a killed process' job alone for half an hour.
                    UseSlidingInvisibilityTimeout = true,
                    InvisibilityTimeout = TimeSpan.FromMinutes(2),
                    DistributedLockTimeout = TimeSpan.FromMinutes(1),
                    EnableLongPolling = false, // It would hold a LISTEN connection for every worker.
                    JobExpirationCheckInterval = TimeSpan.FromMinutes(30),
                })
            .WithJobExpirationTimeout(TimeSpan.FromHours(6)));
        services.AddHangfireServer(server =>
        {
            server.WorkerCount = 6;
            server.SchedulePollingInterval = TimeSpan.FromSeconds(1);
            server.HeartbeatInterval = TimeSpan.FromSeconds(10);
            server.ServerTimeout = TimeSpan.FromMinutes(1);
            server.ServerCheckInterval = TimeSpan.FromSeconds(30);
            server.ShutdownTimeout = TimeSpan.FromSeconds(15);
        });
        services.AddHostedService<RecurringJobRegistration>();

        return services;
    }

    /// <summary>The dashboard: staff look, Admins act.</summary>
    public static void MapJobsDashboard(this IEndpointRouteBuilder routes) =>
        routes.MapHangfireDashboard("/jobs", new DashboardOptions
        {
            // The route's policy decides. Hangfire's own filter would take everybody behind a local proxy for local.
            Authorization = [],
            DashboardTitle = "BuatFilm",
            AppPath = "/",
            IsReadOnlyFunc = context => !context.GetHttpContext().User.May(Permissions.JobsManage),
            DisplayStorageConnectionString = false,
        }).RequireAuthorization(Permissions.JobsRead).Add(DashboardAudit.Wrap);

    private sealed class PooledConnections(string connectionString) : IConnectionFactory
    {
        private readonly string _connectionString = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "buatfilm-hangfire",
            MaxPoolSize = 12,
            Timeout = 5,
        }.ConnectionString;

        public NpgsqlConnection GetOrCreateConnection() => new(_connectionString);
    }
}
