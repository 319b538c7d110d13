using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace BuatFilm.Tests.Http;

public sealed class ProblemAnswersTests : IAsyncLifetime
{
    private HttpApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await HttpApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("GET", "/api/nowhere", 404, "not_found")]
    [InlineData("DELETE", "/api/order", 405, "method_not_allowed")]
    [InlineData("GET", "/api/number/twelve", 400, "malformed_request")]
    [InlineData("GET", "/api/throws/bad", 400, "malformed_request")]
    [InlineData("GET", "/api/throws/timeout", 503, "temporarily_unavailable")]
    [InlineData("GET", "/api/throws/pool", 503, "temporarily_unavailable")]
    [InlineData("GET", "/api/throws/wrapped", 503, "temporarily_unavailable")]
    [InlineData("GET", "/api/throws/shutdown", 503, "temporarily_unavailable")]
    [InlineData("GET", "/api/throws/statement-timeout", 503, "temporarily_unavailable")]
    [InlineData("GET", "/api/throws/unique", 500, "internal_error")]
    [InlineData("GET", "/api/throws/bug", 500, "internal_error")]
    [InlineData("GET", "/api/order", 401, "api_key_missing")]
    public async Task Refusal_WhoeverGivesIt_IsAProblemDocument(string method, string path, int status, string code)
    {
        var reply = await _app.SendAsync(new HttpMethod(method), path);

        using var document = JsonDocument.Parse(reply.Body);
        var problem = document.RootElement;
        Assert.Equal((status, code), (reply.Status, reply.Code));
        Assert.Equal("application/problem+json", reply.Headers["Content-Type"]);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.EndsWith(".", problem.GetProperty("title").GetString());
        Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
        Assert.False(problem.TryGetProperty("errors", out _));
        Assert.DoesNotContain("secret", reply.Body);
        Assert.Equal(status == 503, reply.Headers.ContainsKey("Retry-After"));
        Assert.Equal("nosniff", reply.Headers["X-Content-Type-Options"]);
        Assert.Equal("no-store", reply.Headers["Cache-Control"]);
        Assert.Contains("frame-ancestors 'none'", reply.Headers["Content-Security-Policy"]);
    }

    [Theory]
    [InlineData("application/json", """{"total":1""", 400, "malformed_request")]
    [InlineData("application/json", """{"total":1,"total":2}""", 400, "malformed_request")]
    [InlineData("text/plain", """{"total":1}""", 415, "unsupported_media_type")]
    [InlineData("application/json", """{"total":12,"unknown":true}""", 200, null)]
    public async Task Body_OfATypedRoute_IsReadStrictly(string mediaType, string body, int status, string? code)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/order") { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(mediaType)) };
        request.Headers.Add("X-Api-Key", HttpApp.StorefrontKey);

        var reply = await _app.SendAsync(request);

        Assert.Equal(status, reply.Status);
        Assert.Equal(code, reply.Status == 200 ? null : reply.Code);
    }

    [Fact]
    public async Task Body_LongerThanTheServerTakes_Is413()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/order") { Content = new ByteArrayContent(new byte[31_000_000]) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
        request.Headers.Add("X-Api-Key", HttpApp.StorefrontKey);
        request.Headers.ExpectContinue = true;

        var reply = await _app.SendAsync(request);

        Assert.Equal((413, "body_too_large"), (reply.Status, reply.Code));
    }

    [Fact]
    public async Task PassingFailure_OfADatabaseThatIsNotThere_IsOne()
    {
        await using var nowhere = Npgsql.NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=x;Timeout=2");

        var failure = await Assert.ThrowsAnyAsync<Exception>(async () => await nowhere.OpenConnectionAsync(TestContext.Current.CancellationToken));

        Assert.True(BuatFilm.Admin.Http.PassingFailure.Is(failure), failure.ToString());
    }

    [Fact]
    public async Task Page_ThatIsMissing_IsLeftToThePages()
    {
        var reply = await _app.GetAsync("/nowhere");

        Assert.Equal((404, ""), (reply.Status, reply.Body));
        Assert.False(reply.Headers.ContainsKey("Content-Security-Policy"));
    }
}
