using System.Text;
using System.Text.Json;

namespace BuatFilm.Admin.Sandbox.Storage;

/// <summary>An append-only file of JSON lines that outlives the process being killed.</summary>
/// <remarks>
/// Each line is handed to the operating system before <see cref="Append"/> returns. That survives the death of the process, not of
/// the machine; for a sandbox that is enough. A line cut short by the death is left out when the file is read again.
/// </remarks>
internal sealed class Journal<T> : IDisposable
    where T : class
{
    private readonly Lock _lock = new();
    private readonly FileStream _file;

    private Journal(FileStream file) => _file = file;

    /// <summary>Reads the file, rewrites it with what <paramref name="compact"/> keeps, and opens it for appending.</summary>
    /// <param name="compact">Given every entry, oldest first; returns those to keep.</param>
    /// <exception cref="IOException">Another process has the file open, or it cannot be written.</exception>
    public static Journal<T> Open(string path, Func<IReadOnlyList<T>, IReadOnlyList<T>> compact, out IReadOnlyList<T> entries)
    {
        ArgumentNullException.ThrowIfNull(compact);

        entries = compact(Read(path));

        // The new file is complete before it takes the old one's name, so a death in between loses nothing.
        var rewritten = path + ".new";
        using (var writer = new FileStream(rewritten, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            foreach (var entry in entries)
            {
                writer.Write(ToLine(entry));
            }

            writer.Flush(flushToDisk: true);
        }

        File.Move(rewritten, path, overwrite: true);

        var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        return new Journal<T>(file);
    }

    /// <exception cref="IOException">The line could not be written.</exception>
    public void Append(T entry)
    {
        var line = ToLine(entry);

        lock (_lock)
        {
            // One write without a buffer of ours: the line is with the operating system when this returns.
            _file.Write(line);
        }
    }

    public void Dispose() => _file.Dispose();

    private static List<T> Read(string path)
    {
        var entries = new List<T>();
        if (!File.Exists(path))
        {
            return entries;
        }

        foreach (var line in File.ReadLines(path, Encoding.UTF8))
        {
            if (TryParse(line) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private static T? TryParse(string line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(line, SandboxJson.Storage);
        }
        catch (JsonException)
        {
            // Torn by the death of the process.
            return null;
        }
    }

    private static byte[] ToLine(T entry)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(entry, SandboxJson.Storage);
        return [.. json, (byte)'\n'];
    }
}
