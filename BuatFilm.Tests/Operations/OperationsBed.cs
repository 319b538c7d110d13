using BuatFilm.Admin.Security;
using System.Security.Claims;
using System.Text.Json;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Operations;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Operations;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Data;
using BuatFilm.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace BuatFilm.Tests.Operations;

/// <summary>The use cases of operations on a real database, with as many nodes as a test asks for and nobody who sends.</summary>
internal sealed class OperationsBed : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private OperationsBed(TestDatabase database)
    {
        _database = database;
        Databases = new Databases(new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:BuatFilm", database.ConnectionString)]).Build());
        PlanRequeue = new PlanRequeue(Databases, Microsoft.Extensions.Options.Options.Create(Options), Refused);
        StartOperation = new StartOperation(Databases, Microsoft.Extensions.Options.Options.Create(Options), Wakes, Refused);
        CancelOperation = new CancelOperation(Databases, Refused);
        Queries = new OperationQueries(new ContextFactory(database.ConnectionString));
    }

    public OperationsOptions Options { get; } = new();

    public Databases Databases { get; }

    public Wakes Wakes { get; } = new();

    public RefusedActions Refused { get; } = new();

    public PlanRequeue PlanRequeue { get; }

    public StartOperation StartOperation { get; }

    public CancelOperation CancelOperation { get; }

    public OperationQueries Queries { get; }

    public string ConnectionString => _database.ConnectionString;

    /// <summary>On record as <c>api:test</c>.</summary>
    private static ClaimsPrincipal Tester { get; } = People.Program("test", Roles.Operator);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<OperationsBed> CreateAsync() => new(await MigratedDatabase.CreateAsync());

    public async ValueTask DisposeAsync()
    {
        await Databases.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>Another node's worker; its id is that of its leases.</summary>
    public (RunOperations Run, OperationRows Rows, Guid Id) Node()
    {
        var identity = new LeaseHolder();
        var id = Guid.NewGuid();
        identity.Take(id);
        var rows = new OperationRows(Databases.Workers);
        return (new RunOperations(rows, identity, Wakes, Microsoft.Extensions.Options.Options.Create(Options), TimeProvider.System, NullLogger<RunOperations>.Instance), rows, id);
    }

    /// <summary>Plans by filter; null means every dead letter.</summary>
    public async Task<PlannedOperation> PlanAsync(DeadLetterFilter? filter = null, params RequeueHarm[] exclude) =>
        (await PlanRequeue.ExecuteAsync(Tester, new RequeuePlan(filter ?? new DeadLetterFilter(), null, exclude, "the mail server is back"), Token))!;

    public async Task<PlannedOperation> PlanAsync(IReadOnlyList<long> ids) =>
        (await PlanRequeue.ExecuteAsync(Tester, new RequeuePlan(null, ids, [], null), Token))!;

    public async Task<StartOutcome> StartAsync(Guid id, TimeSpan delay = default, string? person = null, IReadOnlyList<RequeueHarm>? exclude = null) =>
        await StartOperation.ExecuteAsync(person is null ? Tester : People.Operator(person), id, new OperationStart(null, delay, exclude), Token);

    public async Task<Operation> FindAsync(Guid id) => (await Queries.FindAsync(id, Token))!;

    /// <summary>Plans, starts and runs to the end.</summary>
    public async Task<Operation> RequeueAsync(DeadLetterFilter? filter = null, params RequeueHarm[] exclude)
    {
        var planned = await PlanAsync(filter, exclude);
        await StartAsync(planned.Id);
        await Node().Run.ExecuteAsync(Token);
        return await FindAsync(planned.Id);
    }

    public static int Count(PlannedOperation planned, string name) => planned.Counts.GetProperty(name).GetInt32();

    public static JsonElement Counts(Operation operation) => JsonElement.Parse(operation.Counts);

    public Task<T> ReadAsync<T>(string sql, params object[] values) => MigratedDatabase.ReadAsync<T>(ConnectionString, sql, values);

    public Task ExecuteAsync(string sql) => TestPostgres.ExecuteAsync(ConnectionString, sql);

    private sealed class ContextFactory(string connectionString) : IDbContextFactory<AdminDbContext>
    {
        public AdminDbContext CreateDbContext() => Contexts.For(connectionString);
    }
}
