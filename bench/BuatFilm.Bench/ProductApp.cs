using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace BuatFilm.Bench;

/// <summary>The real program, in Release, as a process of its own.</summary>
internal sealed class ProductApp : IAsyncDisposable
{
    public const string ServerKey = "SB-Mid-server-BENCHKEY";

    private readonly Process _process;
    private readonly WebApplication _midtrans;

    private ProductApp(Process process, WebApplication midtrans, IPEndPoint address)
    {
        _process = process;
        _midtrans = midtrans;
        Address = address;
    }

    public IPEndPoint Address { get; }

    /// <summary>Starts it and returns once it listens.</summary>
    /// <exception cref="BenchException">It ended, or said nothing for a minute.</exception>
    public static async Task<ProductApp> StartAsync(string contentRoot, string connectionString, CancellationToken cancellationToken)
    {
        // Answers 404 to everything. Confirmations are put off, so hardly anybody will ask.
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var midtrans = builder.Build();
        midtrans.Urls.Add("http://127.0.0.1:0");
        await midtrans.StartAsync(cancellationToken);

        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = contentRoot,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in new[]
        {
            Path.Combine(contentRoot, "bin", "Release", "net10.0", "BuatFilm.Admin.dll"),
            "--environment", "Development",
            "--urls", "http://127.0.0.1:0",
            "--Sandbox:Enabled", "false",
            "--Midtrans:ServerKey", ServerKey,
            "--Midtrans:ApiBaseUrl", midtrans.Urls.First(),
            "--Midtrans:SnapBaseUrl", midtrans.Urls.First(),
            "--Webhooks:ConfirmAfter", "01:00:00",
            "--RateLimits:Enabled", "false",

            // Without an account, so that each payment makes one message, as it does for pgbench.
            "--WhatsApp:PhoneNumberId", "",
            "--WhatsApp:AccessToken", "",

            // No mail server: the breaker opens in the warm-up and stays open, so no mail is sent within the windows.
            "--Smtp:Host", "127.0.0.1",
            "--Smtp:Port", FreePort(),
            "--Smtp:Security", "None",
            "--Breakers:Smtp:BreakDuration", "01:00:00",
            "--Breakers:Smtp:MaxBreakDuration", "01:00:00",
        })
        {
            start.ArgumentList.Add(argument);
        }

        // Not an argument: everybody on the machine can read those.
        start.Environment["ConnectionStrings__BuatFilm"] = connectionString;

        var said = new List<string>();
        var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.Exited += (_, _) => ready.TrySetException(new BenchException($"The program ended at its start:\n{Said()}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        try
        {
            var address = new Uri(await ready.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken));
            return new ProductApp(process, midtrans, new IPEndPoint(IPAddress.Loopback, address.Port));
        }
        catch (Exception failure)
        {
            process.Kill(entireProcessTree: true);
            await midtrans.DisposeAsync();
            throw failure is TimeoutException ? new BenchException($"The program did not start within a minute:\n{Said()}") : failure;
        }

        void Hear(string? line)
        {
            if (line is null)
            {
                return;
            }

            lock (said)
            {
                said.Add(line);
                said.RemoveRange(0, Math.Max(0, said.Count - 30));
            }

            // As in: "  Console           http://127.0.0.1:40123/"
            if (line.TrimStart().StartsWith("Console ", StringComparison.Ordinal))
            {
                ready.TrySetResult(line.Trim()["Console ".Length..].Trim());
            }
        }

        string Said()
        {
            lock (said)
            {
                return string.Join('\n', said);
            }
        }
    }

    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Its database goes too, so there is nothing to end gently.
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        await _midtrans.DisposeAsync();
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
