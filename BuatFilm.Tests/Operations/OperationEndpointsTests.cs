using System.Text.Json.Nodes;
using BuatFilm.Tests.Orders;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Operations;

/// <summary>Requeue of one and of many by way of the ops API, asked of the whole program.</summary>
public sealed class OperationEndpointsTests(AppHost app) : IClassFixture<AppHost>
{
    [Fact]
    public async Task Requeue_OfOne_SendsItAndKeepsItsHistory()
    {
        var id = (await DeadLetters.AddAsync(app.ConnectionString, 1, "ONE-"))[0];

        var first = await app.OpsAsync($"/dead-letters/{id}/requeue", new JsonObject { ["reason"] = "  the mailbox has room again " });
        await AppHost.EventuallyAsync(async () => await StatusOfAsync(id) == "SENT", "the mail is sent");
        var second = await app.OpsAsync($"/dead-letters/{id}/requeue", (JsonNode?)null);

        Assert.Equal((200, "requeued"), (first.Status, (string?)first.Json["outcome"]));
        second.MustBeProblem(409, "not_dead");
        Assert.Equal("sent", (string?)second.Json["state"]);
        Assert.Equal("1:refused,2:delivered", await app.ReadAsync<string>("select string_agg(attempt || ':' || result, ',' order by attempt) from notification_attempts where message_id = $1", id));
        (await app.OpsAsync($"/dead-letters/{id}")).MustBeProblem(404, "dead_letter_not_found");

        var operation = (await app.OpsAsync($"/operations/{(string?)first.Json["operationId"]}")).Json;
        Assert.Equal(("requeue", "finished", "api:test", "the mailbox has room again"), ((string?)operation["action"], (string?)operation["state"], (string?)operation["actor"], (string?)operation["reason"]));
        Assert.Equal((1, 1, 0, 0), ((int)operation["total"]!, (int)operation["done"]!, (int)operation["skipped"]!, (int)operation["left"]!));
        var audited = (await app.OpsAsync($"/audit?target=message:{id}&action=dead-letters:requeue")).Json["items"]!.AsArray().Select(entry => $"{entry!["outcome"]} {entry["actor"]} {entry["reason"]}");
        Assert.Contains("done api:test the mailbox has room again", audited);
    }

    [Fact]
    public async Task Requeue_OfWhatDiesAgain_IsInItsHistory()
    {
        await using var host = await AppHost.StartAsync();
        await host.FaultAsync("smtp", "refuse");
        var id = (await DeadLetters.AddAsync(host.ConnectionString, 1, "AGAIN-"))[0];

        var answer = await host.OpsAsync($"/dead-letters/{id}/requeue", new JsonObject { ["reason"] = "try" });
        await AppHost.EventuallyAsync(async () => await host.ReadAsync<long>("select count(*) from outbox_dead where attempt = 2") == 1, "it is dead again");
        var details = (await host.OpsAsync($"/dead-letters/{id}")).Json;

        Assert.Equal([(1, "refused"), (2, "refused")], details["history"]!.AsArray().Select(attempt => ((int)attempt!["attempt"]!, (string)attempt["result"]!)));
        var requeue = Assert.Single(details["requeues"]!.AsArray())!;
        Assert.Equal(((string?)answer.Json["operationId"], "api:test", "try"), ((string?)requeue["operationId"], (string?)requeue["actor"], (string?)requeue["reason"]));
        Assert.Equal(2, (int)details["attempts"]!);
    }

    [Theory]
    [InlineData("999999999")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("abc")]
    [InlineData("99999999999999999999")]
    public async Task Requeue_OfNothing_IsNotFound(string id)
    {
        (await app.OpsAsync($"/dead-letters/{id}/requeue", (JsonNode?)null)).MustBeProblem(404, "dead_letter_not_found");
    }

    [Fact]
    public async Task Operation_FromPlanToReceipt_RequeuesTheSet()
    {
        var ids = await DeadLetters.AddAsync(app.ConnectionString, 60, "SET-");
        var planned = await app.PlanAsync(new JsonObject { ["q"] = "set-" });
        var operation = (string)planned["operationId"]!;
        Assert.Equal(("planned", 60, 60), ((string?)planned["state"], (int)planned["counts"]!["total"]!, (int)planned["counts"]!["byChannel"]!["email"]!));
        Assert.True((DateTimeOffset)planned["expiresAt"]! > TimeProvider.System.GetUtcNow());

        // Gone between the look and the start.
        Assert.Equal(200, (await app.OpsAsync($"/dead-letters/{ids[10]}/requeue", (JsonNode?)null)).Status);
        var started = await app.OpsAsync($"/operations/{operation}/start", new JsonObject { ["reason"] = "server is back" });
        await AppHost.EventuallyAsync(async () => (string?)(await app.OpsAsync($"/operations/{operation}")).Json["state"] == "finished", "it is finished");
        var finished = (await app.OpsAsync($"/operations/{operation}")).Json;

        Assert.Equal((202, "running", $"/api/ops/v1/operations/{operation}"), (started.Status, (string?)started.Json["state"], started.Headers["Location"]));
        Assert.Equal((60, 59, 1, 0), ((int)finished["total"]!, (int)finished["done"]!, (int)finished["skipped"]!, (int)finished["left"]!));
        Assert.Equal(("set-", "server is back", 1), ((string?)finished["filter"]!["q"], (string?)finished["reason"], (int)finished["counts"]!["skippedBy"]!["not_dead"]!));
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from outbox_overview where order_id like 'SET-%' and status = 'SENT'") == 60, "all are sent", 30);

        var lines = await app.AllAsync($"/operations/{operation}/items?limit=25");
        Assert.Equal(Enumerable.Range(1, 60), lines.Select(line => (int)line["position"]!));
        Assert.Equal(ids, lines.Select(line => (long)line["id"]!));
        Assert.Equal("SET-1 done", $"{lines[0]["orderId"]} {lines[0]["state"]}");
        Assert.All(lines, line => Assert.True(Guid.TryParse((string?)line["messageId"], out _) && line["endedAt"] is not null));
        var skipped = Assert.Single(await app.AllAsync($"/operations/{operation}/items?state=skipped"));
        Assert.Equal((ids[10], "not_dead"), ((long)skipped["id"]!, (string?)skipped["reason"]));

        (await app.OpsAsync($"/operations/{operation}/start", (JsonNode?)null)).MustBeProblem(409, "operation_not_planned");
        var over = await app.OpsAsync($"/operations/{operation}/cancel", (JsonNode?)null);
        over.MustBeProblem(409, "operation_over");
        Assert.Equal("finished", (string?)over.Json["state"]);
        Assert.Contains(operation, (await app.AllAsync("/operations?state=finished&limit=2")).Select(item => (string?)item["operationId"]));
        Assert.DoesNotContain(operation, (await app.AllAsync("/operations?state=planned")).Select(item => (string?)item["operationId"]));
    }

    [Fact]
    public async Task Operation_WithADelay_CanBeUndone()
    {
        await DeadLetters.AddAsync(app.ConnectionString, 3, "UNDO-");
        var operation = (string)(await app.PlanAsync(new JsonObject { ["q"] = "UNDO-" }))["operationId"]!;

        await app.OpsAsync($"/operations/{operation}/start", new JsonObject { ["delaySeconds"] = 2 });
        var cancelled = await app.OpsAsync($"/operations/{operation}/cancel", new JsonObject { ["reason"] = "wrong ones" });
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);

        Assert.Equal((200, "cancelled", 0, 3), (cancelled.Status, (string?)cancelled.Json["state"], (int)cancelled.Json["done"]!, (int)cancelled.Json["left"]!));
        Assert.Equal(3L, await app.ReadAsync<long>("select count(*) from outbox_overview where order_id like 'UNDO-%' and status = 'DLQ'"));
        Assert.All(await app.AllAsync($"/operations/{operation}/items"), line => Assert.Equal("planned", (string?)line["state"]));
    }

    [Fact]
    public async Task Operation_WithADelay_RunsWhenItEnds()
    {
        await DeadLetters.AddAsync(app.ConnectionString, 2, "LATER-");
        var operation = (string)(await app.PlanAsync(new JsonObject { ["q"] = "LATER-" }))["operationId"]!;

        await app.OpsAsync($"/operations/{operation}/start", new JsonObject { ["delaySeconds"] = 1 });

        await AppHost.EventuallyAsync(async () => (string?)(await app.OpsAsync($"/operations/{operation}")).Json["state"] == "finished", "it runs after its window", 10);
        Assert.True(await app.ReadAsync<bool>("select finished_at >= runs_at from operations where id = $1", Guid.Parse(operation)));
    }

    [Fact]
    public async Task Plan_OfIds_TakesNumbersAndText()
    {
        var ids = await DeadLetters.AddAsync(app.ConnectionString, 2, "TEXT-");

        var planned = await app.OpsAsync(HttpMethod.Post, "/operations/plan", $$"""{"action":"requeue","ids":[{{ids[0]}},"{{ids[1]}}",{{ids[0]}}],"unknown":1}""");

        Assert.Equal((200, 2), (planned.Status, (int)planned.Json["counts"]!["total"]!));
    }

    [Theory]
    [InlineData("{}", "action", "filter")]
    [InlineData("""{"action":"delete","filter":{}}""", "action")]
    [InlineData("""{"action":"requeue"}""", "filter")]
    [InlineData("""{"action":"requeue","filter":{},"ids":[1]}""", "filter")]
    [InlineData("""{"action":"requeue","filter":[]}""", "filter")]
    [InlineData("""{"action":"requeue","filter":{"channel":"fax"}}""", "filter.channel")]
    [InlineData("""{"action":"requeue","filter":{"q":1,"deadBefore":"yesterday","deadAfter":"2026-01-01T00:00:00"}}""", "filter.deadAfter", "filter.deadBefore", "filter.q")]
    [InlineData("""{"action":"requeue","ids":[]}""", "ids")]
    [InlineData("""{"action":"requeue","ids":"all"}""", "ids")]
    [InlineData("""{"action":"requeue","ids":[1,0,"x",1.5]}""", "ids[1]", "ids[2]", "ids[3]")]
    [InlineData("""{"action":"requeue","filter":{},"exclude":["everything"]}""", "exclude")]
    [InlineData("""{"action":"requeue","filter":{},"reason":"a\nb"}""", "reason")]
    [InlineData("[]", "$")]
    public async Task Plan_WithAWrongBody_NamesTheFields(string body, params string[] fields)
    {
        var answer = await app.OpsAsync(HttpMethod.Post, "/operations/plan", body);

        answer.MustBeProblem(400, "validation_failed");
        Assert.Equal(fields, answer.Json["errors"]!.AsObject().Select(error => error.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", "malformed_json")]
    [InlineData("{", "malformed_json")]
    [InlineData("""{"action":"requeue","action":"requeue","filter":{}}""", "duplicate_member")]
    [InlineData("""{"action":"requeue","filter":{"q":"\u0000"}}""", "nul_character")]
    public async Task Plan_WithoutReadableJson_IsRefused(string body, string code)
    {
        (await app.OpsAsync(HttpMethod.Post, "/operations/plan", body)).MustBeProblem(400, code);
    }

    [Fact]
    public async Task Plan_WithTooManyIds_IsRefused()
    {
        var ids = string.Join(',', Enumerable.Range(1, 10_001));

        (await app.OpsAsync(HttpMethod.Post, "/operations/plan", $$"""{"action":"requeue","ids":[{{ids}}]}""")).MustBeProblem(400, "validation_failed");
    }

    [Theory]
    [InlineData("""{"delaySeconds":-1}""", "delaySeconds")]
    [InlineData("""{"delaySeconds":"soon"}""", "delaySeconds")]
    [InlineData("""{"delaySeconds":3601,"exclude":"order_cancelled"}""", "delaySeconds", "exclude")]
    public async Task Start_WithAWrongBody_NamesTheFields(string body, params string[] fields)
    {
        var operation = (string)(await app.PlanAsync(new JsonObject { ["q"] = "nothing at all" }))["operationId"]!;

        var answer = await app.OpsAsync(HttpMethod.Post, $"/operations/{operation}/start", body);

        answer.MustBeProblem(400, "validation_failed");
        Assert.Equal(fields, answer.Json["errors"]!.AsObject().Select(error => error.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("GET", "/operations/{0}")]
    [InlineData("GET", "/operations/{0}/items")]
    [InlineData("GET", "/operations/{0}/items.csv")]
    [InlineData("POST", "/operations/{0}/start")]
    [InlineData("POST", "/operations/{0}/cancel")]
    public async Task Operation_ThatIsNone_IsNotFound(string method, string path)
    {
        foreach (var id in new[] { Guid.NewGuid().ToString(), "7", "plan" })
        {
            var answer = await app.OpsAsync(new HttpMethod(method), string.Format(System.Globalization.CultureInfo.InvariantCulture, path, id), null);
            answer.MustBeProblem(404, "operation_not_found");
        }
    }

    [Theory]
    [InlineData("/operations?cursor=nonsense", "invalid_cursor")]
    [InlineData("/operations?cursor=YQpi", "invalid_cursor")]
    [InlineData("/operations?state=sleeping", "validation_failed")]
    [InlineData("/operations?limit=many", "malformed_request")]
    public async Task List_WithAWrongQuery_IsRefused(string path, string code)
    {
        (await app.OpsAsync(path)).MustBeProblem(400, code);
    }

    [Fact]
    public async Task Receipt_AsCsv_IsSafeToOpen()
    {
        var ids = await DeadLetters.AddAsync(app.ConnectionString, 3, "CSV-");
        await TestPostgres.ExecuteAsync(app.ConnectionString, $"update notification_outbox set order_id = '=cmd|''/c calc''!A1' where id = {ids[0]}; update notification_outbox set order_id = '-2' where id = {ids[1]}; update notification_outbox set order_id = 'a,\"b\"' where id = {ids[2]}");
        var planned = await app.OpsAsync("/operations/plan", new JsonObject { ["action"] = "requeue", ["ids"] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]) });
        var operation = (string)planned.Json["operationId"]!;

        var csv = await app.OpsAsync($"/operations/{operation}/items.csv");

        Assert.Equal(200, csv.Status);
        Assert.Equal("text/csv; charset=utf-8", csv.Headers["Content-Type"]);
        Assert.Equal($"attachment; filename=\"operation-{operation}.csv\"", csv.Headers["Content-Disposition"]);
        Assert.StartsWith("\uFEFFposition,id,", csv.Text, StringComparison.Ordinal);
        var lines = csv.Text.Split("\r\n");
        Assert.Equal(5, lines.Length);
        Assert.Contains(",'=cmd|'/c calc'!A1,", lines[1], StringComparison.Ordinal);
        Assert.Contains(",'-2,", lines[2], StringComparison.Ordinal);
        Assert.Contains("\"a,\"\"b\"\"\"", lines[3], StringComparison.Ordinal);
        Assert.StartsWith($"1,{ids[0]},", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/dead-letters")]
    [InlineData("GET", "/dead-letters/1")]
    [InlineData("POST", "/dead-letters/1/requeue")]
    [InlineData("POST", "/operations/plan")]
    [InlineData("POST", "/operations/7/start")]
    [InlineData("POST", "/operations/7/cancel")]
    [InlineData("GET", "/operations")]
    [InlineData("GET", "/operations/7")]
    [InlineData("GET", "/operations/7/items")]
    [InlineData("GET", "/operations/7/items.csv")]
    [InlineData("GET", "/audit")]
    public async Task Routes_ForOperators_LetNobodyElseIn(string method, string path)
    {
        (await app.OpsAsync(new HttpMethod(method), path, null, AppHost.StorefrontKey)).MustBeProblem(403, "forbidden");
        (await app.OpsAsync(new HttpMethod(method), path, null, null)).MustBeProblem(401, "api_key_missing");
        (await app.OpsAsync(new HttpMethod(method), path, null, "wrong-operations-key-0001")).MustBeProblem(401, "api_key_invalid");
    }

    private Task<string> StatusOfAsync(long id) => app.ReadAsync<string>("select status from outbox_overview where id = $1", id);
}
