using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BuatFilm.Tests.Support;

/// <summary>The whole program in this process: real Kestrel, real sockets, a database of its own, the sandbox's stand-ins.</summary>
/// <remarks>As a class fixture it starts once for the class.</remarks>
public sealed class AppHost : IAsyncDisposable, IAsyncLifetime
{
    public const string StorefrontKey = "test-storefront-key-0001";
    public const string OtherStorefrontKey = "test-storefront-key-0002";
    public const string OpsKey = "test-operations-key-0001";
    public const string ServerKey = "SB-Mid-server-TESTKEY";

    private readonly Dictionary<string, string> _settings;
    private readonly TemporaryFolder _folder = new();
    private readonly AppHost? _sibling;
    private Action<IServiceCollection> _configure = _ => { };
    private TestDatabase? _database;
    private Factory? _factory;

    public AppHost()
        : this([])
    {
    }

    private AppHost(Dictionary<string, string> settings, AppHost? sibling = null)
    {
        _settings = settings;
        _sibling = sibling;
    }

    public string ConnectionString => _sibling?.ConnectionString ?? _database!.ConnectionString;

    public IServiceProvider Services => _factory!.Services;

    /// <summary>Where the app listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Sends no key.</summary>
    public HttpClient Anonymous { get; private set; } = null!;

    /// <summary>Sends the storefront's key.</summary>
    public HttpClient Storefront { get; private set; } = null!;

    /// <summary>Starts one with settings of its own, such as <c>("RateLimits:Enabled", "true")</c>.</summary>
    public static async Task<AppHost> StartAsync(params (string Key, string Value)[] settings)
    {
        var host = new AppHost(settings.ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.Ordinal));
        await host.InitializeAsync();
        return host;
    }

    /// <summary>Starts one with services of the test's own, added after the app's.</summary>
    public static async Task<AppHost> StartAsync(Action<IServiceCollection> configure, params (string Key, string Value)[] settings)
    {
        var host = new AppHost(settings.ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.Ordinal)) { _configure = configure };
        await host.InitializeAsync();
        return host;
    }

    /// <summary>Starts a second node: the same database and the same Midtrans stand-in. It is disposed first.</summary>
    public async Task<AppHost> StartSiblingAsync(params (string Key, string Value)[] settings)
    {
        var addresses = (await Anonymous.GetFromJsonAsync<JsonObject>("/sandbox/api/addresses", TestContext.Current.CancellationToken))!;
        var midtrans = new Uri((string)addresses["midtrans"]!).GetLeftPart(UriPartial.Authority);
        var host = new AppHost(settings.ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.Ordinal), this);
        host._settings["Midtrans:SnapBaseUrl"] = host._settings["Midtrans:ApiBaseUrl"] = midtrans;
        await host.InitializeAsync();
        return host;
    }

    public async ValueTask InitializeAsync()
    {
        _database = _sibling is null ? await MigratedDatabase.CreateAsync() : null;
        _factory = new Factory(this);
        _factory.UseKestrel(0);
        _factory.StartServer();
        Address = _factory.ClientOptions.BaseAddress;
        Anonymous = Client(null);
        Storefront = Client(StorefrontKey);
    }

    public async ValueTask DisposeAsync()
    {
        Anonymous?.Dispose();
        Storefront?.Dispose();
        if (_factory is not null)
        {
            await _factory.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        _folder.Dispose();
    }

    public HttpClient Client(string? key)
    {
        var client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        }

        return client;
    }

    /// <summary>A request that places an order of one item.</summary>
    public static JsonObject Order(string orderId, long price = 450_000) => new()
    {
        ["orderId"] = orderId,
        ["customer"] = new JsonObject { ["name"] = "Budi Santoso", ["email"] = "budi@contoh.id", ["phone"] = "0812-3456-7890" },
        ["items"] = new JsonArray(new JsonObject { ["id"] = "kamera-1", ["name"] = "Sewa kamera", ["price"] = price, ["quantity"] = 1 }),
    };

    public async Task<HttpResponseMessage> PlaceAsync(JsonNode order, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/orders") { Content = JsonContent.Create(order) };
        request.Headers.Add("Idempotency-Key", idempotencyKey ?? Guid.NewGuid().ToString());
        return await Storefront.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Posts a notification as Midtrans would.</summary>
    public async Task<(int Status, string? Outcome)> NotifyAsync(byte[] body)
    {
        using var content = new ByteArrayContent(body) { Headers = { { "Content-Type", "application/json" } } };
        using var response = await Anonymous.PostAsync("/api/v1/midtrans/notifications", content, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, (string?)answer?["outcome"] ?? (string?)answer?["code"]);
    }

    /// <summary>Signs a notification's body with the test's server key.</summary>
    public static JsonObject Sign(JsonObject body)
    {
        var text = string.Concat((string?)body["order_id"], (string?)body["status_code"], (string?)body["gross_amount"], ServerKey);
        body["signature_key"] = Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(text)));
        return body;
    }

    public Task<T> ReadAsync<T>(string sql, params object[] values) => MigratedDatabase.ReadAsync<T>(ConnectionString, sql, values);

    public async Task<string> StatusOfAsync(string orderId) => await ReadAsync<string>("select status from orders where order_id = $1", orderId);

    /// <summary>Waits until it holds, and says what did not when it never does.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> holds, string what, int seconds = 15)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(seconds), $"Not within {seconds.ToString(CultureInfo.InvariantCulture)} s: {what}");
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }
    }

    private sealed class Factory(AppHost host) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment("Development");
            builder.UseSetting("ConnectionStrings:BuatFilm", host.ConnectionString);
            builder.UseSetting("Sandbox:DataDirectory", host._folder["sandbox"]);
            builder.UseSetting("RateLimits:Enabled", "false");
            builder.UseSetting("Storefront:ApiKeys:test", StorefrontKey);
            builder.UseSetting("Storefront:ApiKeys:other", OtherStorefrontKey);
            builder.UseSetting("Ops:ApiKeys:test", OpsKey);
            builder.UseSetting("Midtrans:ServerKey", ServerKey);
            foreach (var (key, value) in host._settings)
            {
                builder.UseSetting(key, value);
            }

            builder.ConfigureTestServices(host._configure);
            builder.ConfigureServices(services => services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning)));
        }
    }
}
