using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace BuatFilm.Tests.Support;

/// <summary>A wire to a database that a test can cut: while it is cut nobody is connected, and new connections are refused.</summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private readonly NpgsqlConnectionStringBuilder _target;
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private TcpListener _listener;
    private Task _accepting;
    private int _port;

    private TcpRelay(string connectionString)
    {
        _target = new NpgsqlConnectionStringBuilder(connectionString);
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>The way to the database by this wire.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(_target.ConnectionString) { Host = "127.0.0.1", Port = _port }.ConnectionString;

    public static TcpRelay To(string connectionString) => new(connectionString);

    public async Task CutAsync()
    {
        _listener.Stop();
        await _accepting;
        foreach (var socket in _open.Keys)
        {
            Close(socket);
        }
    }

    public void Mend()
    {
        _listener = new TcpListener(IPAddress.Loopback, _port);
        _listener.Start();
        _accepting = AcceptAsync(_listener);
    }

    public async ValueTask DisposeAsync() => await CutAsync();

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                _ = CarryAsync(await listener.AcceptSocketAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private async Task CarryAsync(Socket near)
    {
        var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        _open[near] = _open[far] = true;
        try
        {
            await far.ConnectAsync(_target.Host!, _target.Port);
            await using var nearStream = new NetworkStream(near);
            await using var farStream = new NetworkStream(far);
            await Task.WhenAny(nearStream.CopyToAsync(farStream), farStream.CopyToAsync(nearStream));
        }
        catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException)
        {
            // Cut, or one end hung up.
        }
        finally
        {
            Close(near);
            Close(far);
        }
    }

    private void Close(Socket socket)
    {
        _open.TryRemove(socket, out _);
        socket.Dispose();
    }
}
