using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Idempotency;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Idempotency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BuatFilm.Tests.Idempotency;

/// <summary>A server with one route behind the filter, whose work is a row in <c>effects</c>, and a client of it.</summary>
internal sealed class IdempotencyApp : IAsyncDisposable
{
    public const string Route = "/api/v1/orders";
    public const string Key = "a-storefront-key-for-tests";
    public const string OtherKey = "another-storefront-key-for-tests";

    private readonly WebApplication _app;
    private int _executions;

    private IdempotencyApp(WebApplication app, string connectionString)
    {
        _app = app;
        ConnectionString = connectionString;
        Work = PlaceAsync;
    }

    public string ConnectionString { get; }

    /// <summary>What the route does; the default commits a row and its answer together.</summary>
    public Func<IdempotentExecution, HttpContext, Task<IResult>> Work { get; set; }

    /// <summary>How often the route's work was started.</summary>
    public int Executions => Volatile.Read(ref _executions);

    public ConcurrentQueue<IdempotencyClaim> Claims { get; } = new();

    public HttpClient Client { get; } = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 });

    public Uri Address => new(_app.Urls.First());

    public IdempotencyRows Rows => _app.Services.GetRequiredService<IdempotencyRows>();

    public NpgsqlDataSource Database => _app.Services.GetRequiredService<Databases>().Api;

    public CleanUpIdempotencyKeysJob CleanUp => _app.Services.GetRequiredService<CleanUpIdempotencyKeysJob>();

    public static async Task<IdempotencyApp> StartAsync(string lease = "00:00:30")
    {
        var connectionString = await IdempotencyTestDatabase.CreateAsync();
        await IdempotencyTestDatabase.ExecuteAsync(connectionString, "create table effects (key text, run uuid, note text)", TestContext.Current.CancellationToken);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:BuatFilm"] = connectionString,
            ["Idempotency:Lease"] = lease,
            ["Storefront:ApiKeys:shop"] = Key,
            ["Storefront:ApiKeys:other-shop"] = OtherKey,
        });
        builder.Services.AddProblemAnswers();
        builder.Services.AddApiKeys(builder.Configuration);
        builder.Services.AddPermissionPolicies();
        builder.Services.AddSingleton<Databases>();
        builder.Services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        builder.Services.AddIdempotency(builder.Configuration);

        var app = builder.Build();
        var self = new IdempotencyApp(app, connectionString);
        app.UseProblemAnswers();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapPost(Route, (Delegate)self.HandleAsync).RequirePermission(Permissions.OrdersPlace).RequireIdempotencyKey();
        await app.StartAsync(TestContext.Current.CancellationToken);

        return self;
    }

    public async Task<Answer> PostAsync(string? key, string body, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, Route))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.TryAddWithoutValidation("X-Api-Key", Key);
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation(IdempotencyKey.Header, key);
        }

        change?.Invoke(request);
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer(
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            response.Headers.Contains(IdempotencyFilter.ReplayedHeader),
            response.Headers.Location?.ToString(),
            response.Headers.RetryAfter?.Delta,
            response.Content.Headers.ContentType?.ToString());
    }

    /// <summary>Commits a row in <c>effects</c> together with the answer.</summary>
    public async Task<IResult> PlaceAsync(IdempotentExecution execution, HttpContext context)
    {
        var answer = JsonAnswer.Of(201, new { OrderId = $"O-{execution.Claim.Owner:N}", execution.Claim.Attempt }, KeyValuePair.Create("Location", $"{Route}/O-{execution.Claim.Owner:N}"));
        await using var connection = await Database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        await AddEffectAsync(connection, execution.Claim, "order");
        await execution.CreatedAsync($"O-{execution.Claim.Owner:N}", connection, CancellationToken.None);
        await execution.CompleteWithAsync(answer, connection, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);

        return new JsonAnswer(answer);
    }

    public static async Task AddEffectAsync(NpgsqlConnection connection, IdempotencyClaim claim, string note)
    {
        await using var insert = new NpgsqlCommand("insert into effects values ($1, $2, $3)", connection) { Parameters = { new() { Value = claim.Key }, new() { Value = claim.Owner }, new() { Value = note } } };
        await insert.ExecuteNonQueryAsync();
    }

    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public Task MoveClockAsync(TimeSpan ahead) => IdempotencyTestDatabase.MoveClockAsync(ConnectionString, ahead);

    public static string NewKey() => Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private Task<IResult> HandleAsync(HttpContext context)
    {
        var execution = IdempotentExecution.Of(context);
        Interlocked.Increment(ref _executions);
        Claims.Enqueue(execution.Claim);

        return Work(execution, context);
    }
}

internal sealed record Answer(int Status, string Body, bool IsReplay, string? Location, TimeSpan? RetryAfter, string? ContentType)
{
    public string? Code => System.Text.Json.JsonDocument.Parse(Body).RootElement.GetProperty("code").GetString();
}
