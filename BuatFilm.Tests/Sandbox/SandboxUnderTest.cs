using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuatFilm.Admin.Sandbox;
using BuatFilm.Admin.Sandbox.Faults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BuatFilm.Tests.Sandbox;

/// <summary>The sandbox with its own folder, and an app that does nothing but note what is posted to it.</summary>
internal sealed class SandboxUnderTest : IAsyncDisposable
{
    public const string ServerKey = "SB-Mid-server-TESTKEY";
    public const string MerchantId = "G000000001";
    public const string AccessToken = "EAAtoken";
    public const string AppSecret = "app-secret";
    public const string PhoneNumberId = "100000000000002";

    private readonly List<string> _reports = [];
    private SandboxHost? _host;
    private WebApplication? _api;

    private SandboxUnderTest(SandboxSettings settings) => Settings = settings;

    public SandboxSettings Settings { get; }

    public ReceivingApp App { get; } = new();

    public SandboxHost Host => _host ?? throw new InvalidOperationException("The sandbox is not running.");

    /// <summary>Calls the Midtrans stand-in with the right key.</summary>
    public HttpClient Midtrans { get; private set; } = new();

    /// <summary>Calls the WhatsApp stand-in with the right token.</summary>
    public HttpClient WhatsApp { get; private set; } = new();

    /// <summary>Calls <c>/sandbox/api</c>.</summary>
    public HttpClient Api { get; private set; } = new();

    public static async Task<SandboxUnderTest> StartAsync(Func<SandboxSettings, SandboxSettings>? change = null)
    {
        var settings = new SandboxSettings
        {
            DataDirectory = Directory.CreateTempSubdirectory("buatfilm-sandbox-").FullName,
            ServerKey = ServerKey,
            ClientKey = "SB-Mid-client-TESTKEY",
            MerchantId = MerchantId,
            WhatsAppAccessToken = AccessToken,
            WhatsAppAppSecret = AppSecret,
            WhatsAppPhoneNumberId = PhoneNumberId,
            BankConfirmationDelay = TimeSpan.FromMilliseconds(100),
            WhatsAppStatusInterval = TimeSpan.FromMilliseconds(20),
        };

        var sandbox = new SandboxUnderTest(change?.Invoke(settings) ?? settings);
        await sandbox.App.StartAsync();
        await sandbox.RestartAsync();
        return sandbox;
    }

    /// <summary>Starts it again on the same folder.</summary>
    /// <param name="betweenAsync">Done while it is stopped.</param>
    public async Task RestartAsync(Func<Task>? betweenAsync = null, bool tellAddress = true)
    {
        await StopAsync();
        if (betweenAsync is not null)
        {
            await betweenAsync();
        }

        _host = await SandboxHost.StartAsync(Settings, Report, TimeProvider.System, TestContext.Current.CancellationToken);
        if (tellAddress)
        {
            _host.SetAppAddress(App.Address);
        }

        if (Settings.RunMidtrans)
        {
            Midtrans = Client(_host.MidtransAddress);
            Midtrans.DefaultRequestHeaders.Authorization =
                new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(ServerKey + ":")));
        }

        if (Settings.RunWhatsApp)
        {
            WhatsApp = Client(_host.WhatsAppAddress);
            WhatsApp.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AccessToken);
        }

        _api = await StartApiAsync(_host);
        Api = Client(new Uri(_api.Urls.First()));
    }

    public Task SetFaultAsync(string service, FaultMode mode, double rate = 1, int delayMs = 3_000, int seed = 0) => Host.SetFaultAsync(
        service,
        new Fault(mode, rate, TimeSpan.FromMilliseconds(delayMs), seed),
        TestContext.Current.CancellationToken);

    /// <summary>Makes a Snap token for an order of one item.</summary>
    public async Task<Reply> CreateTokenAsync(string orderId, long grossAmount = 450_000) => await PostAsync(
        Midtrans,
        "/snap/v1/transactions",
        $$"""{"transaction_details":{"order_id":"{{orderId}}","gross_amount":{{grossAmount}} } }""");

    public Task<Reply> PayAsync(string orderId, string method, string outcome, string more = "") => PostAsync(
        Api,
        "/sandbox/api/pay",
        $$"""{"orderId":"{{orderId}}","method":"{{method}}","outcome":"{{outcome}}"{{more}} }""");

    public static async Task<Reply> PostAsync(HttpClient client, string path, string json)
    {
        using var content = new StringContent(json, new MediaTypeHeaderValue("application/json"));
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return await Reply.ReadAsync(response);
    }

    public static async Task<Reply> GetAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return await Reply.ReadAsync(response);
    }

    public async Task StopAsync()
    {
        Midtrans.Dispose();
        WhatsApp.Dispose();
        Api.Dispose();

        if (_api is not null)
        {
            await _api.DisposeAsync();
        }

        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        _host = null;
        _api = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await App.DisposeAsync();
        Directory.Delete(Settings.DataDirectory, recursive: true);
    }

    private static HttpClient Client(Uri address) => new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };

    private static async Task<WebApplication> StartApiAsync(SandboxHost sandbox)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapSandbox(sandbox);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private void Report(string sentence)
    {
        lock (_reports)
        {
            _reports.Add(sentence);
        }
    }
}

/// <summary>A status and the JSON that came with it.</summary>
internal sealed record Reply(int Status, string? ContentType, JsonNode? Json)
{
    public JsonNode? this[string name] => Json?[name];

    public string? Text(string name) => Json?[name]?.ToString();

    public static async Task<Reply> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var mediaType = response.Content.Headers.ContentType?.MediaType;
        var isJson = mediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        return new Reply((int)response.StatusCode, mediaType, isJson ? JsonNode.Parse(text) : null);
    }
}

/// <summary>The app's side: notes every posted body and answers as told.</summary>
internal sealed class ReceivingApp : IAsyncDisposable
{
    private readonly List<PostedBody> _posted = [];
    private readonly Queue<int> _answers = [];
    private WebApplication? _app;

    public Uri Address => new(_app!.Urls.First());

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            var body = await reader.ReadToEndAsync(context.RequestAborted);

            lock (_posted)
            {
                context.Response.StatusCode = _answers.TryDequeue(out var answer) ? answer : 200;
                _posted.Add(new PostedBody(
                    context.Request.Path,
                    context.Request.QueryString.Value ?? "",
                    body,
                    context.Request.Headers["X-Hub-Signature-256"].ToString(),
                    context.Request.Headers.UserAgent.ToString(),
                    context.Response.StatusCode));
            }
        });
        await _app.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Answers the next posts so, and those after them with 200.</summary>
    public void AnswerNext(params int[] statuses)
    {
        lock (_posted)
        {
            foreach (var status in statuses)
            {
                _answers.Enqueue(status);
            }
        }
    }

    public IReadOnlyList<PostedBody> Posted
    {
        get
        {
            lock (_posted)
            {
                return [.. _posted];
            }
        }
    }

    /// <summary>Waits until so many posts came in.</summary>
    public async Task<IReadOnlyList<PostedBody>> WaitForAsync(int count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));

        while (Posted.Count < count)
        {
            Assert.False(patience.IsCancellationRequested, string.Create(CultureInfo.InvariantCulture, $"{Posted.Count} of {count} posts came."));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
        }

        return Posted;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }
}

/// <summary>One body that the sandbox posted to the app, and what the app answered.</summary>
internal sealed record PostedBody(string Path, string Query, string Body, string Signature, string UserAgent, int Answered)
{
    public JsonObject Json => JsonSerializer.Deserialize<JsonObject>(Body)!;

    public string? Text(string name) => Json[name]?.ToString();
}
