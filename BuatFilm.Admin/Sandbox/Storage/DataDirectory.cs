using System.Globalization;
using System.Text.Json;

namespace BuatFilm.Admin.Sandbox.Storage;

/// <summary>The folder the stand-ins keep their files in, held by one process at a time.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const string LockName = "in-use.lock";
    private const string PortsName = "ports.json";

    private readonly string _path;
    private readonly FileStream _lock;
    private readonly Dictionary<string, int> _ports;

    private DataDirectory(string path, FileStream held)
    {
        _path = path;
        _lock = held;
        _ports = ReadPorts();
    }

    /// <exception cref="InvalidOperationException">Another process uses the folder.</exception>
    public static DataDirectory Open(string path)
    {
        Directory.CreateDirectory(path);

        try
        {
            var held = new FileStream(Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataDirectory(path, held);
        }
        catch (IOException exception)
        {
            throw new InvalidOperationException(
                $"The sandbox's folder {path} is in use by another process. Stop that one, or set Sandbox:DataDirectory to another folder.",
                exception);
        }
    }

    public string PathOf(string name) => Path.Combine(_path, name);

    /// <summary>The port that the stand-in had last time; null when unknown.</summary>
    public int? LastPortOf(string standIn) => _ports.TryGetValue(standIn, out var port) ? port : null;

    public void RememberPort(string standIn, int port)
    {
        _ports[standIn] = port;

        var written = PathOf(string.Create(CultureInfo.InvariantCulture, $"{PortsName}.new"));
        File.WriteAllText(written, JsonSerializer.Serialize(_ports, SandboxJson.Storage));
        File.Move(written, PathOf(PortsName), overwrite: true);
    }

    public void Dispose() => _lock.Dispose();

    private Dictionary<string, int> ReadPorts()
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(PathOf(PortsName)), SandboxJson.Storage) ?? [];
        }
        catch (Exception exception) when (exception is FileNotFoundException or JsonException)
        {
            return [];
        }
    }
}
