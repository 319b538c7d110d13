using System.ComponentModel;
using System.Diagnostics;

namespace BuatFilm.Admin.Data.LocalPostgres;

/// <summary>What a finished command said.</summary>
/// <param name="Output">Standard output, then standard error, without blank ends.</param>
internal sealed record CommandResult(int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;
}

/// <summary>One run of another program, to its end.</summary>
internal sealed record Command(string Program, params IReadOnlyList<string> Arguments)
{
    /// <summary>Must be a folder that <see cref="UserName"/> may enter.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>The user to run as; null for the current one. Only root may name another.</summary>
    public string? UserName { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <exception cref="Win32Exception">The program cannot be started, or its folder not entered.</exception>
    public async Task<CommandResult> RunAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Program, Arguments)
        {
            WorkingDirectory = WorkingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        if (UserName is not null)
        {
            start.UserName = UserName;
        }

        // PGDATA, PGPORT and their like belong to the developer's own server, not to this one.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);

        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new CommandResult(process.ExitCode, $"{(await output).Trim()}\n{(await error).Trim()}".Trim());
    }
}
