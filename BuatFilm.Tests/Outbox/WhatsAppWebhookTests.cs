using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using BuatFilm.Tests.Orders;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Outbox;

/// <summary>Meta's side of the webhook, over HTTP.</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A seed repeats the run.")]
public sealed class WhatsAppWebhookTests(AppHost app) : IClassFixture<AppHost>
{
    private const string Path = "/api/v1/whatsapp/webhook";

    // From appsettings.Development.json.
    private const string AppSecret = "sandbox-whatsapp-app-secret";
    private const string VerifyToken = "sandbox-whatsapp-verify-token";

    [Theory]
    [InlineData("1158201444")]
    [InlineData("<script>alert(1)</script>")]
    public async Task Check_WithTheToken_EchoesTheChallengeAsPlainText(string challenge)
    {
        var answer = await app.Anonymous.AskAsync($"{Path}?hub.mode=subscribe&hub.challenge={Uri.EscapeDataString(challenge)}&hub.verify_token={VerifyToken}");

        Assert.Equal((200, challenge), (answer.Status, answer.Text));
        Assert.StartsWith("text/plain", answer.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?hub.mode=subscribe&hub.challenge=1")]
    [InlineData("?hub.mode=subscribe&hub.challenge=1&hub.verify_token=")]
    [InlineData("?hub.mode=subscribe&hub.challenge=1&hub.verify_token=guess")]
    [InlineData("?hub.mode=subscribe&hub.challenge=1&hub.verify_token=sandbox-whatsapp-verify-tokeN")]
    [InlineData("?hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=sandbox-whatsapp-verify-token")]
    [InlineData("?hub.mode=subscribe&hub.challenge=&hub.verify_token=sandbox-whatsapp-verify-token")]
    [InlineData("?hub.mode=subscribe&hub.verify_token=sandbox-whatsapp-verify-token")]
    [InlineData("?hub.mode=subscribe&hub.challenge=1&hub.verify_token=guess&hub.verify_token=sandbox-whatsapp-verify-token")]
    public async Task Check_OfAnythingElse_IsRefused(string query)
    {
        (await app.Anonymous.AskAsync(Path + query)).MustBeProblem(401, "bad_verify_token");
    }

    [Fact]
    public async Task Check_WithAChallengeThatIsNone_IsRefused()
    {
        var answer = await app.Anonymous.AskAsync($"{Path}?hub.mode=subscribe&hub.challenge={new string('1', 5000)}&hub.verify_token={VerifyToken}");

        answer.MustBeProblem(401, "bad_verify_token");
    }

    [Fact]
    public async Task Post_WithAGoodSignature_IsKept()
    {
        var answer = await PostAsync(Body("wamid.KEPT", "delivered"));

        Assert.Equal((200, ""), (answer.Status, answer.Text));
        Assert.Equal("delivered", await app.ReadAsync<string>("select status from message_receipts where provider_id = 'wamid.KEPT'"));
    }

    [Fact]
    public async Task Post_WithoutAGoodSignature_IsRefusedAndLeavesNoTrace()
    {
        var body = Encoding.UTF8.GetBytes(Body("wamid.FORGED", "read"));
        var signature = Sign(body);
        string?[] wrong = [null, "", "sha256=", signature[..^1], signature[..^1] + (signature[^1] == '0' ? '1' : '0'), signature.Replace("sha256", "sha1", StringComparison.Ordinal), Sign(body, "another"), Sign([.. body, (byte)'\n'])];

        foreach (var header in wrong)
        {
            (await PostAsync(body, header)).MustBeProblem(401, "bad_signature");
        }

        (await PostAsync([.. body, (byte)' '], signature)).MustBeProblem(401, "bad_signature");
        Assert.Equal(0L, await app.ReadAsync<long>("select count(*) from message_receipts where provider_id = 'wamid.FORGED'"));

        // The very same bytes with their own signature do count; else all of this would prove nothing.
        Assert.Equal(200, (await PostAsync(body, signature)).Status);
        Assert.Equal(1L, await app.ReadAsync<long>("select count(*) from message_receipts where provider_id = 'wamid.FORGED'"));
    }

    [Fact]
    public async Task Post_OfMoreThanIsRead_IsRefused()
    {
        var body = Encoding.UTF8.GetBytes(Body("wamid.HUGE", "sent") + new string(' ', 256 * 1024));

        (await PostAsync(body, Sign(body))).MustBeProblem(413, "body_too_large");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"\"")]
    [InlineData("{}")]
    [InlineData("""{"entry":[]}""")]
    [InlineData("""{"entry":[],"entry":[{"changes":[{"value":{"statuses":[{"id":"wamid.ODD","status":"sent"}]}}]}]}""")]
    [InlineData("""{"entry":[{"changes":[{"value":{"statuses":[{"id":"wamid.ODD\u0000","status":"sent"}]}}]}]}""")]
    [InlineData("""{"entry":[{"changes":[{"value":{"statuses":[{"id":"\ud800wamid.ODD","status":"sent"}]}}]}]}""")]
    [InlineData("""{"entry":[{"changes":[{"value":{"statuses":[{"id":"wamid.ODD","status":"teleported"}]}}]}]}""")]
    [InlineData("""{"entry":[{"changes":[{"value":{"messages":[{"from":"6281234567890","type":"text","text":{"body":"Halo"}}]}}]}]}""")]
    public async Task Post_OfWhatNobodyKnows_IsTakenAndForgotten(string body)
    {
        Assert.Equal(200, (await PostAsync(body)).Status);
        Assert.Equal(0L, await app.ReadAsync<long>("select count(*) from message_receipts where provider_id like '%ODD%'"));
    }

    [Fact]
    public async Task Post_WhileTheDatabaseCannotKeepIt_IsAnswered503()
    {
        await using var own = await AppHost.StartAsync();
        await TestPostgres.ExecuteAsync(own.ConnectionString, "alter table message_receipts rename to elsewhere");

        var refused = await PostAsync(Body("wamid.LATER", "sent"), own);
        await TestPostgres.ExecuteAsync(own.ConnectionString, "alter table elsewhere rename to message_receipts");
        var taken = await PostAsync(Body("wamid.LATER", "sent"), own);

        refused.MustBeProblem(503, "not_stored");
        Assert.Equal("30", refused.Headers["Retry-After"]);
        Assert.Equal(200, taken.Status);
    }

    [Fact]
    public async Task Post_WithoutAnAppSecret_IsRefused_AlsoWithAnEmptyOne()
    {
        await using var own = await AppHost.StartAsync(("WhatsApp:AppSecret", ""), ("WhatsApp:VerifyToken", ""));
        var body = Encoding.UTF8.GetBytes(Body("wamid.NONE", "sent"));

        (await own.Anonymous.AskAsync(Request(body, Sign(body, "")))).MustBeProblem(401, "bad_signature");
        (await own.Anonymous.AskAsync($"{Path}?hub.mode=subscribe&hub.challenge=1&hub.verify_token=")).MustBeProblem(401, "bad_verify_token");
    }

    [Fact]
    public async Task Post_OfAnyMutation_IsNeverAnswered5xx()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"Mutated reports with seed {seed}.");
        var dice = new Random(seed);
        var genuine = Encoding.UTF8.GetBytes(Body("wamid.FUZZ", "failed"));
        string[] pieces = ["null", "[]", "{}", "1e999", "-0", "\"\\ud83c\"", "\"\\u0000\"", "true", new('9', 400), "\"" + new string('x', 3000) + "\"", "{\"code\":{}}", "99999999999999999999", "\0", "\u2028"];

        for (var i = 0; i < 400; i++)
        {
            var body = dice.Next(3) switch
            {
                0 => Flip(genuine, dice),
                1 => Encoding.UTF8.GetBytes(Swap(Encoding.UTF8.GetString(genuine), pieces[dice.Next(pieces.Length)], dice)),
                _ => genuine[..dice.Next(genuine.Length)],
            };

            var answer = await PostAsync(body, Sign(body));

            Assert.True(answer.Status == 200, $"Seed {seed}, {i}: {answer} to {Encoding.UTF8.GetString(body)}");
        }
    }

    private static byte[] Flip(byte[] body, Random dice)
    {
        var flipped = body.ToArray();
        for (var times = dice.Next(1, 6); times > 0; times--)
        {
            flipped[dice.Next(flipped.Length)] = (byte)dice.Next(256);
        }

        return flipped;
    }

    /// <summary>Puts a piece in the place of some value.</summary>
    private static string Swap(string body, string piece, Random dice)
    {
        var colons = body.Index().Where(letter => letter.Item == ':').Select(letter => letter.Index).ToList();
        var from = colons[dice.Next(colons.Count)] + 1;
        var to = body.IndexOfAny([',', '}'], from);
        return body[..from] + piece + body[to..];
    }

    private static string Body(string id, string status) =>
        $$$"""{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"1","phone_number_id":"100000000000001"},"statuses":[{"id":"{{{id}}}","status":"{{{status}}}","timestamp":"1795770000","recipient_id":"6281234567890","biz_opaque_callback_data":"99999:7f1d1c1e-5a50-4a5c-9a53-0a3f4f1d6a77:1","errors":[{"code":131026,"title":"Message undeliverable","error_data":{"details":"Not on WhatsApp"}}]}]},"field":"messages"}]}]}""";

    private static string Sign(byte[] body, string secret = AppSecret) =>
        "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));

    private static HttpRequestMessage Request(byte[] body, string? signature)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new ByteArrayContent(body) { Headers = { { "Content-Type", "application/json" } } } };
        if (signature is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Hub-Signature-256", signature);
        }

        return request;
    }

    private Task<Answer> PostAsync(byte[] body, string? signature) => app.Anonymous.AskAsync(Request(body, signature));

    private Task<Answer> PostAsync(string body, AppHost? host = null)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        return (host ?? app).Anonymous.AskAsync(Request(bytes, Sign(bytes)));
    }
}
