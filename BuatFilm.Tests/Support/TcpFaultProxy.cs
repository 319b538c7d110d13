using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace BuatFilm.Tests.Support;

/// <summary>Which way bytes go through the proxy.</summary>
internal enum Way
{
    /// <summary>From the client to the server.</summary>
    Up,

    /// <summary>From the server to the client.</summary>
    Down,
}

/// <summary>How the proxy ends what it lets through.</summary>
internal enum Cut
{
    /// <summary>Resets both connections.</summary>
    Reset,

    /// <summary>Ends both properly.</summary>
    Close,

    /// <summary>Keeps both open, and neither takes nor gives another byte: a cable that was pulled out.</summary>
    Silence,
}

/// <summary>What the proxy does to a connection; toxiproxy's repertoire.</summary>
/// <param name="Latency">Added to every piece, both ways.</param>
/// <param name="BytesPerSecond">The rate both ways; null for any.</param>
/// <param name="SliceBytes">Cuts what comes into pieces of this size; null for as it comes.</param>
/// <param name="SliceDelay">The pause behind every slice.</param>
internal sealed record Toxics(TimeSpan Latency = default, int? BytesPerSecond = null, int? SliceBytes = null, TimeSpan SliceDelay = default)
{
    /// <summary>Ends the connection once so many bytes have gone this way.</summary>
    public (Way Way, long AfterBytes, Cut How)? CutOff { get; init; }

    /// <summary>Ends the connection when this text was read that way; it is not passed on.</summary>
    public (Way Way, string Text, Cut How)? CutAt { get; init; }

    /// <summary>The toxics hold only from the moment when this text was seen going up.</summary>
    public string? From { get; init; }
}

/// <summary>Stands between a client and a server on loopback, and does to their connections what networks do.</summary>
internal sealed class TcpFaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Connection, Task> _connections = new();
    private readonly int _target;
    private readonly Task _accepting;
    private long _up;

    public TcpFaultProxy(int target)
    {
        _target = target;

        // A small window, inherited by what is accepted: else a whole message lies in buffers before anybody has read it.
        _listener.Server.ReceiveBufferSize = 32 * 1024;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>For connections from now on.</summary>
    public Toxics Toxics { get; set; } = new();

    /// <summary>Bytes read from clients since the last <see cref="ResetAsync"/>.</summary>
    public long ReadUp => Interlocked.Read(ref _up);

    /// <summary>Ends every connection, and waits until nothing of them is under way.</summary>
    public async Task ResetAsync()
    {
        foreach (var (connection, _) in _connections)
        {
            connection.End(Cut.Close);
        }

        await Task.WhenAll(_connections.Values);
        Interlocked.Exchange(ref _up, 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await ResetAsync();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                var connection = new Connection(this, client, Toxics);
                var run = connection.RunAsync();
                _connections[connection] = run;
                _ = run.ContinueWith(_ => _connections.TryRemove(connection, out var _), TaskScheduler.Default);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private sealed class Connection(TcpFaultProxy proxy, Socket client, Toxics toxics)
    {
        private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly CancellationTokenSource _ended = new();
        private readonly TaskCompletionSource _silent = new();
        private volatile bool _inForce = toxics.From is null;

        public async Task RunAsync()
        {
            try
            {
                client.NoDelay = true;
                await _server.ConnectAsync(IPAddress.Loopback, proxy._target, _ended.Token);
                await Task.WhenAny(PassAsync(Way.Up, client, _server), PassAsync(Way.Down, _server, client));
                if (_silent.Task.IsCompleted)
                {
                    await Task.Delay(Timeout.Infinite, _ended.Token);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Cut off, or one of the two left.
            }
            finally
            {
                End(Cut.Close);
                _server.Dispose();
                client.Dispose();
                _ended.Dispose();
            }
        }

        public void End(Cut how)
        {
            if (how == Cut.Silence)
            {
                _silent.TrySetResult();
                return;
            }

            try
            {
                if (how == Cut.Reset)
                {
                    client.LingerState = new LingerOption(enable: true, seconds: 0);
                    _server.LingerState = new LingerOption(enable: true, seconds: 0);
                }

                client.Close();
                _server.Close();
                _ended.Cancel();
            }
            catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
            {
                // It has ended already.
            }
        }

        private async Task PassAsync(Way way, Socket from, Socket to)
        {
            var buffer = new byte[4096];
            var passed = 0L;
            var tail = string.Empty;
            try
            {
                while (!_silent.Task.IsCompleted)
                {
                    var count = await from.ReceiveAsync(buffer, _ended.Token);
                    if (count == 0 || _silent.Task.IsCompleted)
                    {
                        return;
                    }

                    if (way == Way.Up)
                    {
                        Interlocked.Add(ref proxy._up, count);
                    }

                    // Latin-1 keeps every byte a character of its own; the tail finds what lies across two pieces.
                    tail = (tail.Length > 64 ? tail[^64..] : tail) + System.Text.Encoding.Latin1.GetString(buffer, 0, count);
                    if (way == Way.Up && toxics.From is { } beginning && tail.Contains(beginning, StringComparison.Ordinal))
                    {
                        _inForce = true;
                    }

                    if (toxics.CutAt is { } at && at.Way == way && tail.Contains(at.Text, StringComparison.Ordinal))
                    {
                        End(at.How);
                        return;
                    }

                    var allowed = toxics.CutOff is { } off && off.Way == way ? (int)Math.Min(count, Math.Max(0, off.AfterBytes - passed)) : count;
                    await SendAsync(to, buffer.AsMemory(0, allowed));
                    passed += allowed;
                    if (allowed < count)
                    {
                        // What was sent must arrive before a reset overtakes it.
                        await Task.Delay(20, _ended.Token);
                        End(toxics.CutOff!.Value.How);
                        return;
                    }
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Cut off, or one of the two left.
            }
        }

        private async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
        {
            if (!_inForce)
            {
                await SendAllAsync(to, bytes);
                return;
            }

            if (toxics.Latency > TimeSpan.Zero)
            {
                await Task.Delay(toxics.Latency, _ended.Token);
            }

            var slice = toxics.SliceBytes ?? (toxics.BytesPerSecond is { } rate ? Math.Max(1, rate / 20) : bytes.Length);
            for (var start = 0; start < bytes.Length; start += slice)
            {
                var part = bytes.Slice(start, Math.Min(slice, bytes.Length - start));
                await SendAllAsync(to, part);
                var pause = toxics.SliceDelay + (toxics.BytesPerSecond is { } limit ? TimeSpan.FromSeconds((double)part.Length / limit) : TimeSpan.Zero);
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, _ended.Token);
                }
            }
        }

        private async Task SendAllAsync(Socket to, ReadOnlyMemory<byte> bytes)
        {
            while (bytes.Length > 0)
            {
                bytes = bytes[await to.SendAsync(bytes, _ended.Token)..];
            }
        }
    }
}
