using System.Diagnostics;
using System.Text.Json;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Sandbox;

/// <summary>Midtrans' own client for Node against the stand-in. It needs node and npm, which fetches the locked packages.</summary>
public sealed class NodeClientTests
{
    private static readonly string[] Steps =
        ["create", "token", "redirect url", "errors of create", "a used order id", "status", "notification", "cancel", "expire", "approve", "deny", "refund"];

    [Fact]
    public async Task MidtransClientOfNode_WithOnlyItsBaseUrlsChanged_WorksAndFailsAsWithMidtrans()
    {
        Assert.SkipUnless(IsOnPath("node") && IsOnPath("npm"), "node and npm are not installed.");
        using var folder = new TemporaryFolder();
        foreach (var file in new[] { "package.json", "package-lock.json", ".npmrc", "scenario.js" })
        {
            File.Copy(SourceTree.PathOf(Path.Combine("BuatFilm.Tests", "Sandbox", "NodeClient", file)), folder[file]);
        }

        await using var sandbox = await SandboxUnderTest.StartAsync();
        var (fetched, said) = await RunAsync(folder.FullName, "npm", "ci", "--prefer-offline");
        Assert.True(fetched == 0, said);

        var (exitCode, output) = await RunAsync(
            folder.FullName,
            "node",
            "scenario.js",
            sandbox.Host.MidtransAddress.GetLeftPart(UriPartial.Authority),
            sandbox.Api.BaseAddress!.GetLeftPart(UriPartial.Authority),
            SandboxUnderTest.ServerKey);

        Assert.True(exitCode == 0, output);
        Assert.Equal(Steps, JsonSerializer.Deserialize<string[]>(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]));
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static async Task<(int ExitCode, string Output)> RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        try
        {
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await errors + output);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
