using System.Net.Sockets;
using System.Text;
using BuatFilm.Admin.Features.Idempotency;
using BuatFilm.Admin.Http;
using BuatFilm.Core.Idempotency;
using Microsoft.AspNetCore.Http;

namespace BuatFilm.Tests.Idempotency;

/// <summary>What each repetition of a request gets.</summary>
public sealed class IdempotencyFilterTests : IAsyncLifetime
{
    private IdempotencyApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await IdempotencyApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("""{ "b" : [1.50, -0.0], "a":{"y":1e2, "x":"\u00e9"} }""")]
    [InlineData("""{"a":{"x":"é","y":100.0},"b":[15e-1,0]}""")]
    public async Task Repetition_SpelledOtherwise_IsReplayed(string repetition)
    {
        var key = IdempotencyApp.NewKey();
        var first = await _app.PostAsync(key, """{"a":{"x":"é","y":100},"b":[1.5,0]}""");

        var second = await _app.PostAsync(key, repetition);

        Assert.Equal((201, false), (first.Status, first.IsReplay));
        Assert.Equal(first with { IsReplay = true }, second);
        Assert.Equal(1, _app.Executions);
    }

    [Theory]
    [InlineData("""{"total":150001,"items":[1,2]}""")]
    [InlineData("""{"total":150000,"items":[2,1]}""")]
    [InlineData("""{"total":"150000","items":[1,2]}""")]
    [InlineData("""{"total":150000.0000000000000000000000000001,"items":[1,2]}""")]
    [InlineData("""{"total":150000,"items":[1,2],"more":null}""")]
    public async Task Repetition_ThatAsksForSomethingElse_Is422(string other)
    {
        var key = IdempotencyApp.NewKey();
        await _app.PostAsync(key, """{"total":150000,"items":[1,2]}""");

        var answer = await _app.PostAsync(key, other);

        Assert.Equal((422, "idempotency_key_reused"), (answer.Status, answer.Code));
        Assert.Equal(1, _app.Executions);
    }

    [Theory]
    [InlineData("""{"total":1,"total":2}""", "duplicate_member")]
    [InlineData("""{"total":1,"tot\u0061l":2}""", "duplicate_member")]
    [InlineData("""{"a":[{"b":1,"b":1}]}""", "duplicate_member")]
    [InlineData("""{"name":"a\u0000b"}""", "nul_character")]
    [InlineData("""{"name":"\ud800"}""", "malformed_json")]
    [InlineData("""{"total":1,}""", "malformed_json")]
    [InlineData("", "malformed_json")]
    public async Task Body_ThatIsNoStrictJson_Is400AndClaimsNothing(string body, string code)
    {
        var answer = await _app.PostAsync(IdempotencyApp.NewKey(), body);

        Assert.Equal((400, code), (answer.Status, answer.Code));
        Assert.Equal("application/problem+json", answer.ContentType);
        Assert.Equal(0L, await _app.QueryAsync<long>("select count(*) from idempotency_store"));
    }

    [Fact]
    public async Task ChunkedBody_IsFingerprinted()
    {
        var key = IdempotencyApp.NewKey();
        await _app.PostAsync(key, """{"total":1}""", Chunked);

        var same = await _app.PostAsync(key, """{"total":1}""", Chunked);
        var other = await _app.PostAsync(key, """{"total":2}""", Chunked);

        Assert.Equal((201, true), (same.Status, same.IsReplay));
        Assert.Equal(422, other.Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_OverTheLimit_Is413(bool announcesItsLength)
    {
        var body = $$"""{"pad":"{{new string('x', IdempotencyFilter.MaxBodyBytes)}}"}""";

        var answer = await _app.PostAsync(IdempotencyApp.NewKey(), body, request => request.Headers.TransferEncodingChunked = !announcesItsLength);

        Assert.Equal((413, "body_too_large"), (answer.Status, answer.Code));
        Assert.Equal(0, _app.Executions);
    }

    [Theory]
    [InlineData("Content-Length: 400000\r\n", "{}", "413")]
    [InlineData("", """{"total":1}""", "400")]
    [InlineData("Content-Length: 5\r\n", """{"total":1}""", "400")]
    public async Task Body_WhoseLengthIsALie_IsRefused(string lengthHeader, string body, string status)
    {
        var received = await SendRawAsync($"POST {IdempotencyApp.Route} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Api-Key: {IdempotencyApp.Key}\r\nIdempotency-Key: {IdempotencyApp.NewKey()}\r\nContent-Type: application/json\r\n{lengthHeader}\r\n{body}");

        Assert.StartsWith($"HTTP/1.1 {status} ", received);
        Assert.Contains("application/problem+json", received);
        Assert.Equal(0, _app.Executions);
    }

    [Fact]
    public async Task Body_ThatEndsEarly_ExecutesNothing()
    {
        await SendRawAsync($"POST {IdempotencyApp.Route} HTTP/1.1\r\nHost: x\r\nX-Api-Key: {IdempotencyApp.Key}\r\nIdempotency-Key: {IdempotencyApp.NewKey()}\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{{\"total\":1}}", hangUp: true);

        Assert.Equal(0, _app.Executions);
        Assert.Equal(0L, await _app.QueryAsync<long>("select count(*) from idempotency_store"));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task MediaType_OtherThanJson_Is415(string mediaType)
    {
        var answer = await _app.PostAsync(IdempotencyApp.NewKey(), "{}", request => request.Content!.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(mediaType));

        Assert.Equal((415, "unsupported_media_type"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Key_MissingOrInvalid_Is400WithItsOwnCode()
    {
        var missing = await _app.PostAsync(null, "{}");
        var twice = await _app.PostAsync("a", "{}", request => request.Headers.TryAddWithoutValidation(IdempotencyKey.Header, "b"));
        var tooLong = await _app.PostAsync(new string('k', 256), "{}");

        Assert.Equal((400, "idempotency_key_missing"), (missing.Status, missing.Code));
        Assert.Equal((400, "idempotency_key_invalid"), (twice.Status, twice.Code));
        Assert.Equal((400, "idempotency_key_invalid"), (tooLong.Status, tooLong.Code));
        Assert.Equal(0, _app.Executions);
    }

    [Fact]
    public async Task Key_QuotedAndBare_IsTheSame()
    {
        var key = IdempotencyApp.NewKey();
        await _app.PostAsync(key, "{}");

        Assert.True((await _app.PostAsync($"\"{key}\"", "{}")).IsReplay);
    }

    [Fact]
    public async Task Key_OfAnotherCaller_IsAnotherKey()
    {
        var key = IdempotencyApp.NewKey();
        var mine = await _app.PostAsync(key, "{}");

        var theirs = await _app.PostAsync(key, "{}", request =>
        {
            request.Headers.Remove("X-Api-Key");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {IdempotencyApp.OtherKey}");
        });

        Assert.Equal((201, false), (theirs.Status, theirs.IsReplay));
        Assert.NotEqual(mine.Body, theirs.Body);
    }

    [Fact]
    public async Task Caller_Unknown_Is401BeforeAnythingElse()
    {
        var answer = await _app.PostAsync(null, "not json", request => request.Headers.Remove("X-Api-Key"));

        Assert.Equal((401, "api_key_missing"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Key_PastItsTime_ExecutesOnceMoreAndStoresTheNewAnswer()
    {
        var key = IdempotencyApp.NewKey();
        var first = await _app.PostAsync(key, """{"total":1}""");
        await _app.MoveClockAsync(TimeSpan.FromHours(71.9));
        var replayed = await _app.PostAsync(key, """{"total":1}""");
        await _app.MoveClockAsync(TimeSpan.FromHours(72.1));

        var again = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _app.PostAsync(key, """{"total":2}""")));
        var last = await _app.PostAsync(key, """{"total":2}""");

        Assert.Equal(first with { IsReplay = true }, replayed);
        Assert.Equal(2, _app.Executions);
        Assert.All(again, answer => Assert.Equal(last.Body, answer.Body));
        Assert.NotEqual(first.Body, last.Body);
        Assert.All(_app.Claims, claim => Assert.Equal((1, null), (claim.Attempt, claim.ResourceId)));
    }

    [Theory]
    [InlineData(409, true)]
    [InlineData(422, true)]
    [InlineData(202, true)]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(403, false)]
    [InlineData(404, false)]
    [InlineData(429, false)]
    [InlineData(503, false)]
    public async Task Answer_ThatTheUseCaseDidNotComplete_IsKeptByItsStatus(int status, bool isKept)
    {
        _app.Work = (_, _) => Task.FromResult<IResult>(new Problem(status, "some_code", "Some title."));
        var key = IdempotencyApp.NewKey();
        var first = await _app.PostAsync(key, "{}");

        var second = await _app.PostAsync(key, "{}");

        Assert.Equal((status, status), (first.Status, second.Status));
        Assert.Equal(isKept ? 1 : 2, _app.Executions);
        Assert.Equal(isKept, second.IsReplay);
        Assert.Equal(isKept ? 1L : 0L, await _app.QueryAsync<long>("select count(*) from idempotency_store"));
    }

    [Fact]
    public async Task Exception_BeforeAnythingWasMade_FreesTheKey()
    {
        _app.Work = (_, _) => throw new InvalidOperationException("secret detail");
        var key = IdempotencyApp.NewKey();
        var failed = await _app.PostAsync(key, """{"total":1}""");
        _app.Work = _app.PlaceAsync;

        var retried = await _app.PostAsync(key, """{"total":2}""");

        Assert.Equal((500, "internal_error"), (failed.Status, failed.Code));
        Assert.DoesNotContain("secret", failed.Body);
        Assert.Equal((201, false), (retried.Status, retried.IsReplay));
    }

    [Fact]
    public async Task Exception_AfterTheResourceWasMade_LetsTheRetryContinueWithIt()
    {
        _app.Work = async (execution, _) =>
        {
            await using var connection = await _app.Database.OpenConnectionAsync();
            await execution.CreatedAsync("ORDER-7", connection, CancellationToken.None);
            throw new TimeoutException("The database is slow.");
        };
        var key = IdempotencyApp.NewKey();
        var failed = await _app.PostAsync(key, "{}");
        _app.Work = _app.PlaceAsync;

        var retried = await _app.PostAsync(key, "{}");

        Assert.Equal((503, "temporarily_unavailable"), (failed.Status, failed.Code));
        Assert.NotNull(failed.RetryAfter);
        Assert.Equal(201, retried.Status);
        Assert.Equal([(1, null), (2, "ORDER-7")], _app.Claims.Select(claim => (claim.Attempt, claim.ResourceId)));
    }

    [Fact]
    public async Task Exception_AfterAForeignCall_LeavesTheKeyInDoubtUntilItsShortLeaseEnds()
    {
        _app.Work = async (execution, _) =>
        {
            await using var connection = await _app.Database.OpenConnectionAsync();
            await execution.CreatedAsync("ORDER-8", connection, CancellationToken.None);
            execution.ForeignCallStarted();
            throw new HttpRequestException("The connection broke.");
        };
        var key = IdempotencyApp.NewKey();
        var failed = await _app.PostAsync(key, "{}");
        _app.Work = _app.PlaceAsync;
        var state = await _app.QueryAsync<string>("select state from idempotency_store");
        var soon = await _app.PostAsync(key, "{}");
        var other = await _app.PostAsync(key, """{"total":9}""");
        await _app.MoveClockAsync(TimeSpan.FromSeconds(6));

        var later = await _app.PostAsync(key, "{}");

        Assert.Equal((500, "in_doubt"), (failed.Status, state));
        Assert.Equal((409, "request_in_progress"), (soon.Status, soon.Code));
        Assert.InRange(soon.RetryAfter!.Value.TotalSeconds, 1, 5);
        Assert.Equal(422, other.Status);
        Assert.Equal(201, later.Status);
        Assert.Equal([(1, null), (2, "ORDER-8")], _app.Claims.Select(claim => (claim.Attempt, claim.ResourceId)));
    }

    [Fact]
    public async Task DeadRun_IsNotTakenOverByAnotherRequest()
    {
        var key = IdempotencyApp.NewKey();
        using var body = System.Text.Json.JsonDocument.Parse("""{"total":1}""");
        var scope = $"shop|POST|{IdempotencyApp.Route}";
        await _app.Rows.ClaimAsync(scope, key, Fingerprint.Of(scope, "application/json", body.RootElement), TimeSpan.FromSeconds(5), TimeSpan.FromHours(72), TestContext.Current.CancellationToken);
        await _app.MoveClockAsync(TimeSpan.FromDays(10));

        var other = await _app.PostAsync(key, """{"total":2}""");
        var same = await _app.PostAsync(key, """{"total":1}""");

        Assert.Equal((422, "idempotency_key_reused"), (other.Status, other.Code));
        Assert.Equal(201, same.Status);
        Assert.Equal(2, Assert.Single(_app.Claims).Attempt);
    }

    [Theory]
    [InlineData(503, "in_doubt")]
    [InlineData(429, "free")]
    [InlineData(409, "done")]
    public async Task Answer_AfterAForeignCall_IsInDoubtOnlyWithoutADefiniteAnswer(int status, string state)
    {
        _app.Work = (execution, _) =>
        {
            execution.ForeignCallStarted();
            return Task.FromResult<IResult>(new Problem(status, "some_code", "Some title."));
        };

        await _app.PostAsync(IdempotencyApp.NewKey(), "{}");

        Assert.Equal(state, await _app.QueryAsync<string>("select coalesce((select state from idempotency_store), 'free')"));
    }

    [Fact]
    public async Task Exception_AfterTheCommit_StillGivesTheCommittedAnswer()
    {
        _app.Work = async (execution, context) =>
        {
            await _app.PlaceAsync(execution, context);
            throw new TimeoutException("The commit went through, and its confirmation was lost.");
        };
        var key = IdempotencyApp.NewKey();

        var first = await _app.PostAsync(key, "{}");
        var second = await _app.PostAsync(key, "{}");

        Assert.Equal((201, false), (first.Status, first.IsReplay));
        Assert.Equal(first with { IsReplay = true }, second);
        Assert.Equal(1, _app.Executions);
    }

    [Fact]
    public async Task StoredBody_IsEncrypted()
    {
        await _app.PostAsync(IdempotencyApp.NewKey(), "{}");

        Assert.DoesNotContain("orderId", Encoding.Latin1.GetString(await _app.QueryAsync<byte[]>("select body from idempotency_store")));
    }

    [Fact]
    public async Task CleanUp_InBatches_DeletesExpiredAnswersOnly()
    {
        await IdempotencyTestDatabase.ExecuteAsync(
            _app.ConnectionString,
            """
            insert into idempotency_store (scope, key, fingerprint, state, owner, lease_until, status, headers, body, created_at, expires_at)
            select 's', kind || i, decode(repeat('00', 32), 'hex'), state, gen_random_uuid(), app_now() - interval '1 day', 200, '{}', '', app_now(), app_now() + due
            from (values ('old', 'done', interval '-1 minute', 12001), ('new', 'done', interval '1 minute', 10),
                         ('doubt', 'in_doubt', interval '-1 minute', 10), ('running', 'running', interval '-1 minute', 10)) kinds (kind, state, due, n),
                 lateral generate_series(1, n) i
            """,
            TestContext.Current.CancellationToken);

        Assert.Equal(5000, await _app.Rows.DeleteExpiredAsync(5000, TestContext.Current.CancellationToken));
        await _app.CleanUp.ExecuteAsync(TestContext.Current.CancellationToken);

        Assert.Equal(30L, await _app.QueryAsync<long>("select count(*) from idempotency_store"));
        Assert.Equal(0L, await _app.QueryAsync<long>("select count(*) from idempotency_store where key like 'old%'"));
    }

    private static void Chunked(HttpRequestMessage request)
    {
        request.Headers.TransferEncodingChunked = true;
        request.Content!.Headers.ContentLength = null;
    }

    private async Task<string> SendRawAsync(string request, bool hangUp = false)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_app.Address.Host, _app.Address.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        if (hangUp)
        {
            client.Client.Shutdown(SocketShutdown.Send);
        }

        // A server that refuses a body ends the answer before the connection; what came is what counts.
        var received = new StringBuilder();
        var buffer = new byte[4096];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        while (!received.ToString().Contains("traceId", StringComparison.Ordinal))
        {
            int count;
            try
            {
                count = await stream.ReadAsync(buffer, patience.Token);
            }
            catch (IOException) when (hangUp)
            {
                break; // Who hangs up in the middle may be hung up on.
            }

            if (count == 0)
            {
                break;
            }

            received.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return received.ToString();
    }
}
