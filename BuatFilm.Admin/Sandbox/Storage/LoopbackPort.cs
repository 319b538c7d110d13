using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace BuatFilm.Admin.Sandbox.Storage;

/// <summary>Finds a stand-in's port.</summary>
internal static class LoopbackPort
{
    // Below the range from which operating systems take the ports of outgoing connections: while a stand-in is down, no
    // connection may borrow its port, nor connect to itself.
    private const int First = 20_000;
    private const int End = 32_000;
    private const int Tries = 200;

    /// <summary>Starts listening on the configured port, else last time's, else any free one.</summary>
    /// <param name="listenAsync">Throws <see cref="IOException"/> or <see cref="SocketException"/> when the port is taken.</param>
    /// <exception cref="InvalidOperationException">The configured port is taken, or none is free.</exception>
    public static async Task<int> ClaimAsync(string standIn, int configured, DataDirectory data, Func<int, Task> listenAsync)
    {
        if (configured != 0)
        {
            if (!await TryAsync(configured, listenAsync))
            {
                throw new InvalidOperationException(
                    $"Port {configured} of the {standIn} stand-in is taken. Free it, or set Sandbox:{standIn}Port to another one or to 0.");
            }

            return Remembered(configured);
        }

        if (data.LastPortOf(standIn) is { } last && await TryAsync(last, listenAsync))
        {
            return last;
        }

        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(First, End);
            if (await TryAsync(port, listenAsync))
            {
                return Remembered(port);
            }
        }

        throw new InvalidOperationException($"No free port was found for the {standIn} stand-in. Set Sandbox:{standIn}Port.");

        int Remembered(int port)
        {
            data.RememberPort(standIn, port);
            return port;
        }
    }

    private static async Task<bool> TryAsync(int port, Func<int, Task> listenAsync)
    {
        if (!IsFree(port))
        {
            return false;
        }

        try
        {
            await listenAsync(port);
            return true;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return false;
        }
    }

    private static bool IsFree(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
