using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using BuatFilm.Tests.Journeys;
using BuatFilm.Tests.Settings;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Production;

/// <summary>The files in <c>deploy/</c> name what there is.</summary>
public sealed partial class UnitFileTests
{
    private static readonly string Unit = File.ReadAllText(SourceTree.PathOf("deploy/buatfilm-admin.service"));

    [Fact]
    public async Task Options_OfUnitAndImage_AreInTheHelp()
    {
        await using var app = new AppProcess(cluster: null);
        app.Launch("--help");
        await app.EndAsync();
        var image = await File.ReadAllTextAsync(SourceTree.PathOf("deploy/Dockerfile"), TestContext.Current.CancellationToken);
        var started = Unit.Split('\n').Concat(image.Split('\n')).Where(line => line.StartsWith("ExecStart=", StringComparison.Ordinal) || line.StartsWith("ENTRYPOINT", StringComparison.Ordinal)).ToList();

        Assert.Equal(2, started.Count);
        var options = started.SelectMany(line => Option().Matches(line)).Select(option => option.Value).ToList();
        Assert.Equal(["--environment", "--urls", "--urls"], options);
        Assert.All(options, option => Assert.Contains($"  {option} ", app.Output, StringComparison.Ordinal));
    }

    [Fact]
    public void Credentials_OfTheUnit_AreSettings()
    {
        var example = ExampleFile.Read();
        var credentials = Credential().Matches(Unit).Select(match => match.Groups["name"].Value).ToList();

        Assert.Equal(Unit.Split('\n').Count(line => line.TrimStart('#').StartsWith("LoadCredential=", StringComparison.Ordinal)), credentials.Count);
        Assert.True(credentials.Count > 5);
        Found.Nothing(credentials.Where(name => example[name.Replace("__", ":", StringComparison.Ordinal)] is null));
    }

    [Fact]
    public async Task Unit_IsOneThatSystemdTakes()
    {
        // With a program that exists, since the unit's own does not here.
        using var folder = new TemporaryFolder();
        var file = folder["buatfilm-admin.service"];
        await File.WriteAllTextAsync(file, Unit.Replace("ExecStart=/opt/buatfilm-admin/BuatFilm.Admin", "ExecStart=/bin/sh", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Process verification;
        try
        {
            verification = Process.Start(new ProcessStartInfo("systemd-analyze", ["verify", "--man=no", file]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        }
        catch (Win32Exception)
        {
            // A machine without systemd cannot say; the other tests here have looked at the rest.
            return;
        }

        using (verification)
        {
            var said = await verification.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) + await verification.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await verification.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotContain("buatfilm-admin.service", said, StringComparison.Ordinal);
            Assert.Equal(0, verification.ExitCode);
        }
    }

    [GeneratedRegex("""(?<=[\s"])--[\w:]+""", RegexOptions.None, 5_000)]
    private static partial Regex Option();

    [GeneratedRegex("""^#?LoadCredential=(?<name>\w+):/etc/buatfilm-admin/secrets/\k<name>$""", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 5_000)]
    private static partial Regex Credential();
}
