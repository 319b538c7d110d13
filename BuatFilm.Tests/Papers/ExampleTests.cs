using System.Diagnostics;
using System.Text.Json.Nodes;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Papers;

/// <summary>The papers' calls are made, in their order, with the shell and curl, and answered as the papers say.</summary>
/// <remarks>
/// A block <c>sh</c> with curl is run; a block <c>http</c> after it is the answer to its last call, in which <c>…</c> is anything. Without one, every answer is 2xx.
/// A block <c>sh</c> of assignments alone holds for those after it. What only asks is asked again until it fits: things take a moment.
/// </remarks>
public sealed class ExampleTests
{
    private const string Address = "http://127.0.0.1:5080";

    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(45);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("README.md")]
    [InlineData("STOREFRONT.md")]
    public async Task Calls_OfThePaper_AreAnsweredAsItSays(string name)
    {
        Assert.SkipUnless(IsOnPath("bash") && IsOnPath("curl"), "bash and curl are not installed; on Debian: apt-get install curl.");
        await using var app = await AppHost.StartAsync();
        var blocks = Paper.Read(name).Blocks;
        var settings = "";
        var calls = 0;

        for (var i = 0; i < blocks.Count; i++)
        {
            var block = blocks[i];
            if (block.Language == "sh" && IsAssignments(block.Text))
            {
                settings += block.Text;
            }
            else if (block.Language == "sh" && block.Text.Contains("curl ", StringComparison.Ordinal))
            {
                var shown = i + 1 < blocks.Count && blocks[i + 1].Language == "http" ? HttpExample.Parse(blocks[i + 1].Text) : null;
                await CheckAsync(app, settings, block.Text, shown);
                calls++;
            }
        }

        Assert.InRange(calls, 5, 100);
    }

    [Theory]
    [InlineData("HTTP/1.1 200\n\n{\"a\":1}", "HTTP/1.1 201\n\n{\"a\":1}")]
    [InlineData("HTTP/1.1 200\n\n{\"a\":1}", "HTTP/1.1 200\n\n{\"a\":2}")]
    [InlineData("HTTP/1.1 200\n\n{\"a\":1}", "HTTP/1.1 200\n\n{\"b\":1}")]
    [InlineData("HTTP/1.1 200\n\n{\"a\":\"…\"}", "HTTP/1.1 200\n\n{\"a\":null}")]
    [InlineData("HTTP/1.1 200\n\n[{\"a\":1}]", "HTTP/1.1 200\n\n[{\"a\":2}]")]
    [InlineData("HTTP/1.1 200\n\n{\"a\":[]}", "HTTP/1.1 200\n\n{\"a\":[1]}")]
    [InlineData("HTTP/1.1 200\nLocation: /a", "HTTP/1.1 200\nLocation: /b")]
    [InlineData("HTTP/1.1 200\nRetry-After: …", "HTTP/1.1 200")]
    public void Answer_ThatIsNotAsShown_IsFound(string shown, string real) => Assert.Single(HttpExample.Parse(shown).MissingIn(HttpExample.Parse(real)));

    [Theory]
    [InlineData("HTTP/1.1 200\n\n{\"a\":\"x…z\"}", "HTTP/1.1 200\nX: y\n\n{\"a\":\"xyz\",\"b\":[]}")]
    [InlineData("HTTP/1.1 200\nContent-Type: application/json", "HTTP/1.1 200\nContent-Type: application/json; charset=utf-8")]
    [InlineData("HTTP/1.1 200\n\n[{\"a\":2}]", "HTTP/1.1 200\n\n[{\"a\":1},{\"a\":2,\"b\":3}]")]
    public void Answer_WithMoreThanShown_Fits(string shown, string real) => Assert.Empty(HttpExample.Parse(shown).MissingIn(HttpExample.Parse(real)));

    private static async Task CheckAsync(AppHost app, string settings, string text, HttpExample? shown)
    {
        var onlyAsks = !text.Contains(" -d ", StringComparison.Ordinal) && !text.Contains(" -X ", StringComparison.Ordinal);
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var (statuses, last) = await RunAsync(app, settings + text);
            var before = shown is null ? statuses : statuses[..^1];
            var wrong = before.Where(status => status is < 200 or > 299).Select(status => $"a call was answered with {status}")
                .Concat(shown?.MissingIn(last) ?? [])
                .ToList();
            if (wrong.Count == 0)
            {
                return;
            }

            if (!onlyAsks || TimeProvider.System.GetElapsedTime(started) > Moment)
            {
                Assert.Fail(string.Join(Environment.NewLine, [text, .. wrong, $"It was: {last.Status} {last.Body?.ToJsonString()}"]));
            }

            await Task.Delay(250, Token);
        }
    }

    /// <summary>Runs a script whose curl writes down what it was answered.</summary>
    private static async Task<(int[] Statuses, HttpExample Last)> RunAsync(AppHost app, string script)
    {
        using var folder = new TemporaryFolder();
        const string Watched = """
            set -eu
            curl() {
              command curl --silent --show-error --max-time 60 --dump-header head --output body "$@"
              head -n 1 head >> statuses
            }

            """;
        var start = new ProcessStartInfo("bash", ["-c", Watched + script.Replace(Address, app.Address.ToString().TrimEnd('/'), StringComparison.Ordinal)])
        {
            WorkingDirectory = folder.FullName,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Token);
        await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        Assert.True(process.ExitCode == 0, $"{script}{Environment.NewLine}{await errors}");

        var statuses = (await File.ReadAllLinesAsync(folder["statuses"], Token)).Select(line => int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        var headers = (await File.ReadAllLinesAsync(folder["head"], Token)).Skip(1).Select(line => line.Split(": ", 2)).Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0], StringComparer.OrdinalIgnoreCase).ToDictionary(group => group.Key, group => group.First()[1].Trim(), StringComparer.OrdinalIgnoreCase);
        var body = File.Exists(folder["body"]) ? await File.ReadAllTextAsync(folder["body"], Token) : "";
        return (statuses, new HttpExample(statuses[^1], headers, body.Length > 0 ? JsonNode.Parse(body) : null));
    }

    private static bool IsAssignments(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).All(line => line.Split('=', 2) is [{ Length: > 0 } name, _] && name.All(char.IsAsciiLetterUpper));

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
