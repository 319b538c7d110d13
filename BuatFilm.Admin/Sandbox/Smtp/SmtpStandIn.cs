using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using BuatFilm.Admin.Sandbox.Faults;
using BuatFilm.Admin.Sandbox.Messages;

namespace BuatFilm.Admin.Sandbox.Smtp;

/// <summary>Stands in for a mail server: takes every mail, delivers none, and shows them all.</summary>
internal sealed class SmtpStandIn : IStandIn
{
    private const int MaxConnections = 500;

    private readonly Lock _lock = new();
    private readonly Dictionary<SmtpConnection, Task> _open = [];
    private readonly FaultSwitch _faults = new();
    private readonly MessageLog _messages;
    private readonly Action<string> _report;
    private TcpListener? _listener;
    private CancellationTokenSource _closing = new();
    private Task _accepting = Task.CompletedTask;
    private long _connections;
    private long _accepted;
    private long _rejected;
    private long _failed;

    public SmtpStandIn(SandboxSettings settings, MessageLog messages, Action<string> report, TimeProvider time)
    {
        _messages = messages;
        _report = report;
        Time = time;
        Login = settings.SmtpLogin;
        Certificate = settings.SmtpStartTls ? SelfSignedCertificate.Create(time.GetUtcNow()) : null;
    }

    public FaultSwitch Faults => _faults;

    public bool IsListening => _listener is not null;

    public TimeProvider Time { get; }

    /// <summary>Who may send; null means everybody.</summary>
    public SmtpLogin? Login { get; }

    /// <summary>Offered with STARTTLS; null offers none.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>How long a client may be silent.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(2);

    public Task ListenAsync(int port, CancellationToken cancellationToken)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start(backlog: 512);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        _listener = listener;
        _closing = new CancellationTokenSource();
        _accepting = Task.Run(() => AcceptAsync(listener, _closing.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task CloseAsync()
    {
        if (_listener is not { } listener)
        {
            return;
        }

        _listener = null;
        listener.Dispose();
        await _accepting;

        SmtpConnection[] open;
        Task[] talks;
        lock (_lock)
        {
            open = [.. _open.Keys];
            talks = [.. _open.Values];
        }

        foreach (var connection in open)
        {
            connection.Abort();
        }

        await _closing.CancelAsync();
        await Task.WhenAll(talks);
        _closing.Dispose();
    }

    /// <summary>Takes a complete mail; it is safe on disk when the reply says so.</summary>
    public SmtpReply Accept(SmtpEnvelope envelope, Stream content)
    {
        try
        {
            foreach (var message in ReceivedMail.Read(envelope, content, Time.GetUtcNow()))
            {
                _messages.Add(message);
            }

            Interlocked.Increment(ref _accepted);
            return new SmtpReply(250, "2.0.0 Message accepted");
        }
        catch (FormatException)
        {
            Interlocked.Increment(ref _rejected);
            return new SmtpReply(554, "5.6.0 Not a mail");
        }
        catch (IOException exception)
        {
            _report($"Sandbox: a mail could not be stored: {exception.Message}");
            return new SmtpReply(452, "4.3.1 Insufficient storage");
        }
    }

    public void CountRejected() => Interlocked.Increment(ref _rejected);

    public void CountFailed() => Interlocked.Increment(ref _failed);

    public object Statistics() => new
    {
        Connections = Interlocked.Read(ref _connections),
        Accepted = Interlocked.Read(ref _accepted),
        Rejected = Interlocked.Read(ref _rejected),
        Failed = Interlocked.Read(ref _failed),
    };

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _faults.Dispose();
        Certificate?.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken closing)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptSocketAsync(closing);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                return;
            }

            Interlocked.Increment(ref _connections);
            Begin(socket, closing);
        }
    }

    private void Begin(Socket socket, CancellationToken closing)
    {
        socket.NoDelay = true;
        var connection = new SmtpConnection(socket, this);

        lock (_lock)
        {
            Func<CancellationToken, Task> talkAsync = _open.Count < MaxConnections ? connection.RunAsync : connection.TurnAwayAsync;
            _open.Add(connection, Task.Run(() => TalkAsync(connection, talkAsync, closing), CancellationToken.None));
        }
    }

    private async Task TalkAsync(SmtpConnection connection, Func<CancellationToken, Task> talkAsync, CancellationToken closing)
    {
        try
        {
            await talkAsync(closing);
        }
        catch (Exception exception)
        {
            // One client's conversation must not end the others'.
            _report($"Sandbox: a conversation with a mail client broke off: {exception.Message}");
        }
        finally
        {
            connection.Dispose();
            lock (_lock)
            {
                _open.Remove(connection);
            }
        }
    }
}
