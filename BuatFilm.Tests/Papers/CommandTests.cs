using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using BuatFilm.Admin;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Papers;

/// <summary>The commands of the papers, except calls of the API, name what is there: projects, scripts, options, tests.</summary>
public sealed partial class CommandTests
{
    /// <summary>Papers whose commands are for this repository; those of PRODUCTION.md are for servers.</summary>
    private static readonly string[] Names = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "STOREFRONT.md"];

    [Fact]
    public void Commands_OfThePapers_NameWhatIsThere() => Found.Nothing(
        from paper in Names.Select(Paper.Read)
        from block in paper.Blocks
        where block.Language == "sh" && !block.Text.Contains("curl ", StringComparison.Ordinal)
        from line in block.Text.Split('\n')
        let command = line.Split(" #")[0].Trim()
        where command.Length > 0 && !Assignment().IsMatch(command)
        from mistake in Mistakes(command)
        select $"{paper}: {command}: {mistake}");

    [Fact]
    public void Options_OfTheProgramInThePapers_AreInItsHelp() => Found.Nothing(
        from paper in Paper.All
        from code in paper.Codes.Select(span => span.Code)
        where code.StartsWith("-- --", StringComparison.Ordinal)
        from option in Option().Matches(code[3..]).Select(match => match.Value)
        where !Help.Contains(option, StringComparison.Ordinal)
        select $"{paper}: {code}");

    [Theory]
    [InlineData("dotnet run --project BuatFilm.Shop")]
    [InlineData("dotnet run --project BuatFilm.Admin -- --port 1")]
    [InlineData("dotnet test --project BuatFilm.Tests --filter-class '*NoSuchTests'")]
    [InlineData("dotnet test --project BuatFilm.Tests --filter-method '*.NoSuchTest'")]
    [InlineData("BUATFILM_NO_SUCH=1 dotnet test")]
    [InlineData("./faults.sh --fast")]
    [InlineData("./bench.sh --fast")]
    [InlineData("./nothing.sh")]
    [InlineData("rm -rf something")]
    public void Command_ThatNamesWhatIsNot_IsFound(string command) => Assert.NotEmpty(Mistakes(command));

    [Theory]
    [InlineData("faults.sh", "--quick")]
    public async Task Script_AskedForHelp_NamesItsOption(string script, string option)
    {
        var start = new ProcessStartInfo(SourceTree.PathOf(script), ["--help"]) { WorkingDirectory = SourceTree.Root, UseShellExecute = false, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;

        var help = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, process.ExitCode);
        Assert.Contains(option, help, StringComparison.Ordinal);
    }

    private static string Help { get; } = (string)typeof(CommandLine).GetField("Help", BindingFlags.NonPublic | BindingFlags.Static)!.GetRawConstantValue()!;

    private static IEnumerable<string> Mistakes(string command)
    {
        var words = Word().Matches(command).Select(match => match.Value.Trim('\'', '"')).ToList();
        while (words.Count > 0 && words[0].Split('=') is [var variable, _])
        {
            words.RemoveAt(0);
            if (!SourceTree.Files("BuatFilm.Tests", "*.cs").Where(path => !path.Contains("/Papers/", StringComparison.Ordinal)).Any(path => File.ReadAllText(path).Contains($"\"{variable}\"", StringComparison.Ordinal)))
            {
                yield return $"no test reads {variable}";
            }
        }

        var mistakes = words switch
        {
            ["dotnet", "build"] or ["dotnet", "test"] => [],
            ["dotnet", "run", .. var rest] => MistakesOfRun(rest),
            ["dotnet", "test", .. var rest] => MistakesOfTest(rest),
            ["dotnet", "tool", "restore"] => [],
            ["dotnet", "ef", "migrations", "add" or "has-pending-model-changes", .. var rest] => MistakesOfEf(rest),
            ["git", "diff", var path] => Missing(path),
            [".ci/run"] => MistakesOfScript(".ci/run", ".ci/run", []),
            ["./faults.sh", .. var options] => MistakesOfScript("faults.sh", "faults.sh", options),
            ["./bench.sh", .. var options] => MistakesOfScript("bench.sh", "bench/BuatFilm.Bench/BenchOptions.cs", options),
            _ => ["this test does not know the command; teach it"],
        };
        foreach (var mistake in mistakes)
        {
            yield return mistake;
        }
    }

    private static IEnumerable<string> MistakesOfRun(IReadOnlyList<string> words)
    {
        var split = words.TakeWhile(word => word != "--").Count();
        return MistakesOfProject(words.Take(split).ToList())
            .Concat(words.Skip(split + 1).Where(word => word.StartsWith("--", StringComparison.Ordinal) && !Help.Contains(word, StringComparison.Ordinal)).Select(option => $"the help has no {option}"));
    }

    private static IEnumerable<string> MistakesOfTest(IReadOnlyList<string> words)
    {
        var types = typeof(CommandTests).Assembly.GetTypes().Where(type => type is { IsClass: true, IsPublic: true }).ToList();
        foreach (var (option, value) in words.Zip(words.Skip(1)))
        {
            var pattern = new Regex($"^{Regex.Escape(value).Replace("\\*", ".*", StringComparison.Ordinal)}$", RegexOptions.None, TimeSpan.FromSeconds(10));
            var isThere = option switch
            {
                "--filter-class" => types.Exists(type => pattern.IsMatch(type.FullName!)),
                "--filter-namespace" => types.Exists(type => pattern.IsMatch(type.Namespace ?? "")),
                "--filter-method" => types.Exists(type => type.GetMethods().Any(method => pattern.IsMatch($"{type.FullName}.{method.Name}"))),
                _ => true,
            };
            if (!isThere)
            {
                yield return $"no test is {value}";
            }
        }

        foreach (var mistake in MistakesOfProject(words))
        {
            yield return mistake;
        }
    }

    private static IEnumerable<string> MistakesOfEf(IReadOnlyList<string> words)
    {
        var project = ValueOf(words, "--project");
        return MistakesOfProject(words)
            .Concat(ValueOf(words, "--output-dir") is { } output ? Missing($"{project}/{output}") : [])
            .Concat(File.ReadAllText(SourceTree.PathOf(".config/dotnet-tools.json")).Contains("dotnet-ef", StringComparison.Ordinal) ? [] : ["dotnet-ef is no tool of the repository"]);
    }

    private static IEnumerable<string> MistakesOfProject(IReadOnlyList<string> words) =>
        ValueOf(words, "--project") is { } project ? Missing($"{project}/{project}.csproj") : ["it names no project"];

    private static IEnumerable<string> MistakesOfScript(string script, string optionsIn, IEnumerable<string> options)
    {
        var path = SourceTree.PathOf(script);
        if (!File.Exists(path) || (!OperatingSystem.IsWindows() && !File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute)))
        {
            return [$"{script} cannot be run"];
        }

        var text = File.ReadAllText(SourceTree.PathOf(optionsIn));
        return options.Where(option => !text.Contains(option, StringComparison.Ordinal)).Select(option => $"{script} does not know {option}");
    }

    private static IEnumerable<string> Missing(string path) => File.Exists(SourceTree.PathOf(path)) || Directory.Exists(SourceTree.PathOf(path)) ? [] : [$"{path} is not there"];

    private static string? ValueOf(IReadOnlyList<string> words, string option) => words.SkipWhile(word => word != option).Skip(1).FirstOrDefault();

    [GeneratedRegex(@"^[A-Z]+=\S*$", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Assignment();

    [GeneratedRegex("'[^']*'|\"[^\"]*\"|\\S+", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Word();

    [GeneratedRegex(@"--[\w:]+", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Option();
}
