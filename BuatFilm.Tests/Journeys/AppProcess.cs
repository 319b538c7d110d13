using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using BuatFilm.Admin.Data.LocalPostgres;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;
using Npgsql;

namespace BuatFilm.Tests.Journeys;

/// <summary>The built program as a process of its own, on folders and a port of its own; it may be stopped and started again on both.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    /// <summary>From <c>appsettings.Development.json</c>.</summary>
    private const string StorefrontKey = "sandbox-storefront-key-0001";

    private const int SignalInterrupt = 2;
    private const int SignalTerminate = 15;

    // 128 and the signal's number, as a shell says it.
    private const int KilledExitCode = 128 + 9;

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _settings;
    private readonly StringBuilder _output = new();
    private Process? _process;
    private HttpClient? _client;

    /// <param name="cluster">Data to begin with; null begins with none.</param>
    /// <param name="settings">Beside those of every process here, or in their place; an empty value leaves one out.</param>
    public AppProcess(MigratedCluster? cluster, params (string Key, string Value)[] settings)
    {
        Port = FreePort();
        _settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["environment"] = "Development",
            ["urls"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}"),
            ["LocalPostgres:DataDirectory"] = _folder["postgres"],
            ["Sandbox:DataDirectory"] = _folder["sandbox"],
            ["RateLimits:Enabled"] = "false",
        };
        foreach (var (key, value) in settings)
        {
            _settings[key] = value;
        }

        cluster?.CopyTo(PostgresFolder);
    }

    public int Port { get; }

    /// <summary>A published program's folder; null takes the build's own.</summary>
    public string? PublishedFolder { get; init; }

    /// <summary>Beside what this process hands on of its own environment.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public int Id => _process!.Id;

    public string PostgresFolder => _settings["LocalPostgres:DataDirectory"];

    /// <summary>Everything written since the first start, errors too.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Sends the storefront's key.</summary>
    public HttpClient Client => _client!;

    /// <summary>Of the database it uses, for looking inside.</summary>
    public string ConnectionString
    {
        get
        {
            if (_settings.TryGetValue("ConnectionStrings:BuatFilm", out var given))
            {
                return given;
            }

            var data = EmbeddedData() ?? throw new InvalidOperationException("No embedded PostgreSQL runs.");
            return new NpgsqlConnectionStringBuilder
            {
                Host = "127.0.0.1",
                Port = PostmasterFile.TryRead(data)!.Port,
                Database = "buatfilm",
                Username = "buatfilm",
                Password = File.ReadAllText(Path.Combine(Path.GetDirectoryName(data)!, "password")),
                Pooling = false,
            }.ConnectionString;
        }
    }

    /// <summary>A port that nobody listens on, below those that the system hands out by itself.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(10_000, 19_000);
            if (IsFree(port))
            {
                return port;
            }
        }
    }

    public static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> StartAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        Launch();
        await ReadyAsync();
        return TimeProvider.System.GetElapsedTime(started);
    }

    /// <summary>Starts it, and returns while it is starting.</summary>
    public void Launch(params string[] arguments)
    {
        Assert.True(_process is null || _process.HasExited, "It runs already.");
        _process?.Dispose();
        _client?.Dispose();
        _client = NewClient();

        // Beside this test's own build: BuatFilm.Tests/bin/Debug/net10.0.
        var build = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(PublishedFolder ?? SourceTree.PathOf(Path.Combine("BuatFilm.Admin", "bin", build.Parent!.Name, build.Name)), "BuatFilm.Admin.dll");
        Assert.True(File.Exists(program), $"{program} is not built.");

        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            WorkingDirectory = PublishedFolder ?? SourceTree.PathOf("BuatFilm.Admin"),
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_TieredPGO"] = "0"; // As in the tests' own process: it lives for seconds.
        start.ArgumentList.Add(program);
        foreach (var (key, value) in _settings.Where(setting => setting.Value.Length > 0))
        {
            start.ArgumentList.Add($"--{key}={value}");
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var inherited in start.Environment.Keys.Where(IsSetting).ToList())
        {
            start.Environment.Remove(inherited);
        }

        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Remember(line.Data);
        _process.ErrorDataReceived += (_, line) => Remember(line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public async Task ReadyAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Assert.False(_process!.HasExited, $"It ended while it was starting.\n{Output}");
            Assert.True(TimeProvider.System.GetElapsedTime(started) < LongestStart, $"It did not become ready.\n{Output}");
            try
            {
                using var answer = await Client.GetAsync("/health/ready", TestContext.Current.CancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Nobody listens yet.
            }

            await Task.Delay(25, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until it has written something.</summary>
    public Task WroteAsync(string text, int seconds = 60) =>
        AppHost.EventuallyAsync(() => Task.FromResult(Output.Contains(text, StringComparison.Ordinal)), $"the program writes '{text}'", seconds);

    /// <summary>Ends it as a power cut would, as far as a process can tell.</summary>
    public void Kill()
    {
        Assert.False(_process!.HasExited, $"There is nothing to kill: it ended by itself.\n{Output}");
        _process.Kill();
        Assert.True(_process.WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.Equal(KilledExitCode, _process.ExitCode);
    }

    /// <summary>As a service manager does.</summary>
    public void Terminate() => Send(SignalTerminate);

    /// <summary>As Ctrl+C does.</summary>
    public void Interrupt() => Send(SignalInterrupt);

    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync(int seconds = 30)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            await _process!.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"It did not end within {seconds} s.\n{Output}"));
        }

        return _process.ExitCode;
    }

    /// <summary>True while an embedded PostgreSQL serves this process' folder.</summary>
    public async Task<bool> HasPostgresAsync() =>
        EmbeddedData() is { } data && PostmasterFile.TryRead(data) is { } server && await server.IsServingAsync(data);

    public async Task<(HttpStatusCode Status, string Body)> PlaceAsync(string orderId, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/orders") { Content = JsonContent.Create(AppHost.Order(orderId)) };
        request.Headers.Add("Idempotency-Key", idempotencyKey ?? orderId);
        using var answer = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Lets the customer pay by QRIS.</summary>
    public async Task<HttpStatusCode> PayAsync(string orderId)
    {
        using var answer = await Client.PostAsJsonAsync("/sandbox/api/pay", new { orderId, method = "qris", outcome = "settlement" }, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>Whether the Midtrans stand-in holds a settled payment of the order, as a customer sees in the bank's app whose answer was lost.</summary>
    public async Task<bool> HasPaidAsync(string orderId)
    {
        var addresses = await Client.GetFromJsonAsync<JsonObject>("/sandbox/api/addresses", TestContext.Current.CancellationToken);
        using var question = new HttpRequestMessage(HttpMethod.Get, $"{(string)addresses!["midtrans"]!}/v2/{orderId}/status");
        question.Headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{AppHost.ServerKey}:")));
        using var answer = await Client.SendAsync(question, TestContext.Current.CancellationToken);
        return answer.IsSuccessStatusCode && (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Contains("\"settlement\"", StringComparison.Ordinal);
    }

    public async Task FaultAsync(string service, string mode, int delayMs = 0)
    {
        using var answer = await Client.PostAsJsonAsync("/sandbox/api/faults", new { service, mode, delayMs }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>What the stand-ins received; about one order, or about all.</summary>
    public async Task<JsonObject[]> MessagesAsync(string? orderId = null)
    {
        var query = orderId is null ? "" : $"?orderId={orderId}";
        var messages = await Client.GetFromJsonAsync<JsonArray>($"/sandbox/api/messages{query}", TestContext.Current.CancellationToken);
        return [.. messages!.Select(message => message!.AsObject())];
    }

    /// <summary>The mails among them.</summary>
    public async Task<JsonObject[]> MailsAsync(string? orderId = null) =>
        [.. (await MessagesAsync(orderId)).Where(message => (string?)message["channel"] == "email")];

    /// <summary>Waits until nothing is queued any more.</summary>
    /// <returns>The channel of each message that arrived, in alphabetical order.</returns>
    public async Task<string[]> ToldByAsync(string? orderId = null, int seconds = 20)
    {
        await AppHost.EventuallyAsync(async () => await ReadAsync<long>("select count(*) from outbox_queue") == 0, "every message is sent and marked", seconds);
        return [.. (await MessagesAsync(orderId)).Select(message => (string)message["channel"]!).Order(StringComparer.Ordinal)];
    }

    public async Task<string?> StatusOfAsync(string orderId)
    {
        using var answer = await Client.GetAsync($"/api/v1/orders/{orderId}", TestContext.Current.CancellationToken);
        return answer.IsSuccessStatusCode
            ? (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!["status"]
            : null;
    }

    /// <summary>Waits until the order is paid and its mail has arrived.</summary>
    public async Task<JsonObject> PaidAndToldAsync(string orderId, int seconds = 30)
    {
        await AppHost.EventuallyAsync(async () => await StatusOfAsync(orderId) == "paid", $"{orderId} is paid", seconds);
        await AppHost.EventuallyAsync(async () => (await MailsAsync(orderId)).Length > 0, $"a mail about {orderId} arrives", seconds);
        return (await MailsAsync(orderId))[0];
    }

    public Task<T> ReadAsync<T>(string sql, params object[] values) => MigratedDatabase.ReadAsync<T>(ConnectionString, sql, values);

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process?.Dispose();
        _client?.Dispose();

        // A killed one leaves its server running. To join it and then to be the last one out is to stop it.
        if (await HasPostgresAsync())
        {
            var server = await LocalPostgresServer.StartAsync(
                new LocalPostgresOptions { DataDirectory = PostgresFolder },
                contentRoot: PostgresFolder,
                LocalPostgresMode.Throwaway,
                _ => { },
                TimeProvider.System,
                CancellationToken.None);
            await server.DisposeAsync();
        }

        _folder.Dispose();
    }

    private HttpClient NewClient()
    {
        var client = new HttpClient { BaseAddress = new Uri(_settings["urls"]), Timeout = TimeSpan.FromSeconds(40) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", StorefrontKey);
        return client;
    }

    // What this test run was started with must not decide how the app behaves.
    private static bool IsSetting(string name) =>
        name.Contains("__", StringComparison.Ordinal)
        || name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
        || name is "DOTNET_ENVIRONMENT" or "DOTNET_URLS" or "PublicBaseUrl";

    private string? EmbeddedData() => Directory.Exists(PostgresFolder)
        ? Directory.EnumerateDirectories(PostgresFolder, "pg*").Select(folder => Path.Combine(folder, "data")).FirstOrDefault(data => File.Exists(Path.Combine(data, "postmaster.pid")))
        : null;

    private void Remember(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.AppendLine(line);
            }
        }
    }

    private void Send(int signal)
    {
        Assert.False(_process!.HasExited, $"There is nothing to stop: it ended by itself.\n{Output}");
        Assert.Equal(0, SendSignal(_process.Id, signal));
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
