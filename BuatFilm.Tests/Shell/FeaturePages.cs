using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Alerts;
using BuatFilm.Admin.Features.Auditing;
using BuatFilm.Admin.Features.Breakers;
using BuatFilm.Admin.Features.Degradation;
using BuatFilm.Admin.Features.Idempotency;
using BuatFilm.Admin.Features.Jobs;
using BuatFilm.Admin.Features.Operations;
using BuatFilm.Admin.Features.Orders;
using BuatFilm.Admin.Features.Outbox;
using BuatFilm.Admin.Features.Webhooks;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;
using BuatFilm.Tests.Support;
using Hangfire;
using Hangfire.Common;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Shell;

/// <summary>Pages of features on a database of the test's own; nothing runs in the background.</summary>
public abstract class FeaturePages : ShellContext, IAsyncLifetime
{
    /// <summary>Nobody serves there, and the refusal is immediate.</summary>
    private const string Nowhere = "Host=127.0.0.1;Port=1;Username=u;Password=p;Database=d";

    private readonly Place _place;
    private TestDatabase? _database;

    protected FeaturePages()
        : this(new Place())
    {
    }

    private FeaturePages(Place place)
        : base(services => AddTo(services, place)) => _place = place;

    /// <summary>Call it before the first page: the database is away.</summary>
    protected void TakeTheDatabaseAway() => _place.ConnectionString = Nowhere;

    private protected RefusedActions Refused => Services.GetRequiredService<RefusedActions>();

    protected string ConnectionString => _place.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        _database = await MigratedDatabase.CreateAsync();
        _place.ConnectionString = _database.ConnectionString;
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    protected Task ExecuteAsync(string sql) => TestPostgres.ExecuteAsync(_database!.ConnectionString, sql);

    protected Task<T> ReadAsync<T>(string sql) => MigratedDatabase.ReadAsync<T>(_database!.ConnectionString, sql);

    private static void AddTo(IServiceCollection services, Place place)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Ops:AlertEmails:0", "jaga@contoh.id"),
            new("Midtrans:ServerKey", AppHost.ServerKey),
            new("Midtrans:MerchantId", "G817204563"),
            new("Midtrans:SnapBaseUrl", "http://127.0.0.1:1"),
            new("Midtrans:ApiBaseUrl", "http://127.0.0.1:1"),
        ]).Build();
        services.AddDatabase();
        services.AddSingleton(_ => new Databases(new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:BuatFilm", place.ConnectionString)]).Build()));
        services.AddSingleton<RefusedActions>();
        services.AddServicePipelines(configuration);
        services.AddBreakers(configuration).AddDegradation(configuration).AddAlerts(configuration).AddOrders(configuration).AddOperations(configuration).AddOutbox(configuration);
        services.AddMidtrans(configuration).AddWebhooks(configuration).AddAuditing(configuration).AddIdempotency(configuration).AddJobs();
        services.AddSingleton<JobDesk>();
        services.AddSingleton<IRecurringJobManager>(provider => provider.GetRequiredService<JobDesk>());
    }

    private sealed class Place
    {
        public string ConnectionString { get; set; } = Nowhere;
    }

    /// <summary>Notes which jobs were asked to run.</summary>
    private protected sealed class JobDesk : IRecurringJobManager
    {
        public List<string> Triggered { get; } = [];

        public void AddOrUpdate(string recurringJobId, Job job, string cronExpression, RecurringJobOptions options) => throw new NotSupportedException();

        public void Trigger(string recurringJobId) => Triggered.Add(recurringJobId);

        public void RemoveIfExists(string recurringJobId) => throw new NotSupportedException();
    }
}
