using System.Globalization;

namespace BuatFilm.Admin.Data.LocalPostgres;

/// <summary>What a server wrote into <c>postmaster.pid</c>. A killed one leaves the file behind.</summary>
internal sealed record PostmasterFile(int ProcessId, int Port)
{
    /// <summary>Reads the file of a data folder; null when there is none, or the server has not yet written its port.</summary>
    public static PostmasterFile? TryRead(string dataDirectory)
    {
        string[] lines;
        try
        {
            // Process id, data folder, start time, port, socket folder, address, shared memory, state.
            lines = File.ReadAllLines(Path.Combine(dataDirectory, "postmaster.pid"));
        }
        catch (IOException)
        {
            return null;
        }

        return lines.Length >= 4
            && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var processId)
            && int.TryParse(lines[3], CultureInfo.InvariantCulture, out var port)
                ? new PostmasterFile(processId, port)
                : null;
    }

    /// <summary>True while that process lives and serves that folder. A process id alone may meanwhile belong to anybody.</summary>
    public async Task<bool> IsServingAsync(string dataDirectory)
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                var arguments = (await File.ReadAllTextAsync($"/proc/{ProcessId}/cmdline")).Split('\0');
                return arguments.Contains(dataDirectory, StringComparer.Ordinal);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }

        var listed = await new Command("/bin/ps", "-ww", "-o", "command=", "-p", ProcessId.ToString(CultureInfo.InvariantCulture))
            .RunAsync(CancellationToken.None);
        return listed.Output.Contains(dataDirectory, StringComparison.Ordinal);
    }
}
