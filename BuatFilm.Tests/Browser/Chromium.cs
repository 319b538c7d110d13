using System.Diagnostics;
using Microsoft.Playwright;

namespace BuatFilm.Tests.Browser;

/// <summary>The browser of this test run: started by the first test that needs it, gone when the process ends.</summary>
/// <remarks>The system's own, else from <c>apt-get</c> where we are root, else from Playwright's installer. Under <c>.ci/run</c> its lack is a failure.</remarks>
internal static class Chromium
{
    /// <summary>First the same browser without its windows, menus and tabs: what it does for them costs tests a third of their time.</summary>
    private static readonly string[] Names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private static readonly string[] Flags =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--force-color-profile=srgb"];

    private static readonly Lazy<Task<(IBrowser? Browser, string Missing)>> Started = new(StartAsync);

    public static async Task<IBrowser> GetAsync()
    {
        var (browser, missing) = await Started.Value;
        if (browser is null && Environment.GetEnvironmentVariable("CI_RUN") == "1")
        {
            Assert.Fail(missing);
        }

        Assert.SkipWhen(browser is null, missing);
        return browser!;
    }

    private static async Task<(IBrowser?, string)> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => playwright.Dispose();
        try
        {
            var path = Find() ?? (await InstallFromDistributionAsync() ? Find() : null);

            // Without a path it is Playwright's own browser, once installed.
            if (path is null && Microsoft.Playwright.Program.Main(["install", "chromium"]) != 0)
            {
                return (null, "There is no Chromium, and none could be installed. Install one with: apt-get install chromium");
            }

            return (await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = Flags }), "");
        }
        catch (PlaywrightException exception)
        {
            return (null, $"Chromium does not start: {exception.Message}");
        }
    }

    private static string? Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name)))
            .Concat(["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"])
            .FirstOrDefault(File.Exists);
    }

    private static async Task<bool> InstallFromDistributionAsync()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/apt-get"))
        {
            return false;
        }

        return await RunAsync("apt-get", "update", "-qq") && (await InstallAsync(Names[0]) || await InstallAsync("chromium"));
    }

    private static Task<bool> InstallAsync(string package) => RunAsync("apt-get", "install", "-y", "-qq", "--no-install-recommends", package);

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { Environment = { ["DEBIAN_FRONTEND"] = "noninteractive" } })!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
