using System.Net.Http.Json;
using System.Text.Json.Nodes;
using BuatFilm.Tests.Journeys;
using BuatFilm.Tests.Operations;
using BuatFilm.Tests.Support;
using Npgsql;

namespace BuatFilm.Tests.Faults;

/// <summary>The process is killed in the middle of a bulk operation.</summary>
[Collection(ProcessTests.Name)]
public sealed class KilledOperationTests
{
    /// <summary>From <c>appsettings.Development.json</c>.</summary>
    private const string OpsKey = "sandbox-operations-key-0001";

    [Fact]
    public async Task Kill_InTheMiddleOfABulkRequeue_GoesOnAndAddsUp()
    {
        var letters = FaultCounts.Of(quick: 20_000, full: 100_000);
        await using var database = await MigratedDatabase.CreateAsync();
        var ids = await DeadLetters.AddAsync(database.ConnectionString, letters, "KILL-");

        // Nobody answers at the mail server's port: what is requeued stays to be counted.
        await using var app = new AppProcess(
            null,
            ("ConnectionStrings:BuatFilm", database.ConnectionString),
            ("Smtp:Host", "127.0.0.1"),
            ("Smtp:Port", AppProcess.FreePort().ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("Smtp:Security", "None"));
        await app.StartAsync();

        // Held, a dead letter half way down keeps its batch waiting: the kill meets an operation that is half done.
        await using var other = new NpgsqlConnection(database.ConnectionString);
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var held = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new NpgsqlCommand("select 1 from outbox_dead where message_id = $1 for update", other) { Parameters = { new() { Value = ids[letters / 2] } } })
        {
            Assert.Equal(1, await hold.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }

        var planned = await PostAsync(app, "/api/ops/v1/operations/plan", new JsonObject { ["action"] = "requeue", ["filter"] = new JsonObject { ["channel"] = "email" } });
        var id = (string)planned["operationId"]!;
        await PostAsync(app, $"/api/ops/v1/operations/{id}/start", []);
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<int>("select done from operations") == letters / 2, "half of it is done", 60);
        app.Kill();
        await held.RollbackAsync(TestContext.Current.CancellationToken);
        var killed = TimeProvider.System.GetTimestamp();
        await app.StartAsync();
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<string>("select state from operations") == "finished", "the operation is finished", 90);

        FaultReport.Write("kill in the middle of a bulk requeue", new { Letters = letters, DoneAtTheKill = letters / 2, FinishedAfterTheKillSeconds = TimeProvider.System.GetElapsedTime(killed).TotalSeconds });
        Assert.Equal($"{letters} 0", await app.ReadAsync<string>("select done || ' ' || skipped from operations"));
        Assert.Equal((long)letters, await app.ReadAsync<long>("select count(*) from operation_items where state = 'done'"));
        Assert.Equal((long)letters, await app.ReadAsync<long>("select count(*) from outbox_queue"));
        Assert.Equal(0L, await app.ReadAsync<long>("select count(*) from outbox_dead"));
        Assert.Equal(1L, await app.ReadAsync<long>("select count(*) from audit_log where action = 'operation_finished'"));
    }

    private static async Task<JsonObject> PostAsync(AppProcess app, string path, JsonObject body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", OpsKey);
        using var answer = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (await answer.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!;
    }
}
