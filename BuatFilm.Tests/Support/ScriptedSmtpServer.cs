using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MimeKit;

namespace BuatFilm.Tests.Support;

/// <summary>Where in the conversation a scripted answer is given.</summary>
internal enum SmtpStep
{
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    Mail,
    Rcpt,

    /// <summary>The answer to DATA; 354 lets the message come.</summary>
    Data,

    /// <summary>While the message comes, before its end.</summary>
    Body,

    /// <summary>The answer to the final dot.</summary>
    Message,
    Rset,
    Quit,
}

/// <summary>What arrived, whether or not it was answered.</summary>
internal sealed record ReceivedMail(string From, string Recipient, byte[] Bytes)
{
    public string Raw => Encoding.UTF8.GetString(Bytes);

    public MimeMessage Parse() => MimeMessage.Load(new MemoryStream(Bytes));
}

/// <summary>A mail server on a loopback port that does as it is told at each step, for tests.</summary>
internal sealed class ScriptedSmtpServer : IAsyncDisposable
{
    /// <summary>Instead of a reply: says nothing, and keeps the connection.</summary>
    public const string Silence = "(silence)";

    /// <summary>Instead of a reply: a byte of an endless one every <see cref="DripEvery"/>.</summary>
    public const string Drip = "(drip)";

    /// <summary>Instead of a reply: closes the connection.</summary>
    public const string HangUp = "(hang up)";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<SmtpStep, ConcurrentQueue<string>> _once = new();
    private readonly ConcurrentDictionary<SmtpStep, string> _always = new();
    private readonly ConcurrentDictionary<SmtpStep, int> _seen = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _clients = new();
    private readonly ConcurrentQueue<ReceivedMail> _mails = new();
    private readonly Task _accepting;
    private int _connections;
    private bool _disposed;

    public ScriptedSmtpServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections accepted so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Connections open now.</summary>
    public int OpenConnections => _clients.Count;

    public IReadOnlyCollection<ReceivedMail> Mails => _mails;

    public string EhloExtensions { get; set; } = "AUTH PLAIN LOGIN\n8BITMIME";

    /// <summary>For STARTTLS and, with <see cref="TlsFromTheStart"/>, for the first byte.</summary>
    public X509Certificate2? Certificate { get; set; }

    public bool TlsFromTheStart { get; set; }

    /// <summary>How long it thinks before each answer to RCPT.</summary>
    public TimeSpan Delay { get; set; }

    public TimeSpan DripEvery { get; set; } = TimeSpan.FromSeconds(1);

    public static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    /// <summary>How often the step was reached.</summary>
    public int Seen(SmtpStep step) => _seen.GetValueOrDefault(step);

    /// <summary>Gives this answer from now on; null takes it back.</summary>
    public void Answer(SmtpStep step, string? reply)
    {
        if (reply is null)
        {
            _always.TryRemove(step, out _);
        }
        else
        {
            _always[step] = reply;
        }
    }

    /// <summary>Gives this answer once, before any other.</summary>
    public void AnswerOnce(SmtpStep step, string reply) => _once.GetOrAdd(step, _ => new ConcurrentQueue<string>()).Enqueue(reply);

    /// <summary>Closes every connection, as servers do with idle clients.</summary>
    public void CloseConnections()
    {
        foreach (var client in _clients.Keys)
        {
            client.Close();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stop.CancelAsync();
        _listener.Stop();
        CloseConnections();
        await _accepting;
        _stop.Dispose();
        Certificate?.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            Interlocked.Increment(ref _connections);
            _clients[client] = true;
            _ = Task.Run(() => ServeAsync(client));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            client.NoDelay = true;
            Stream stream = client.GetStream();
            if (TlsFromTheStart)
            {
                stream = await SecureAsync(stream);
            }

            await ConverseAsync(stream);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException or System.Security.Authentication.AuthenticationException)
        {
            // The client went, or was told to.
        }
        finally
        {
            _clients.TryRemove(client, out _);
            client.Dispose();
        }
    }

    private async Task<SslStream> SecureAsync(Stream stream)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, _stop.Token);
        return tls;
    }

    private async Task ConverseAsync(Stream stream)
    {
        var lines = new LineReader(stream);
        var (from, recipient) = ("", "");
        if (!await SayAsync(stream, SmtpStep.Greeting, "220 scripted ready"))
        {
            return;
        }

        while (await lines.ReadAsync(_stop.Token) is { } bytes)
        {
            var line = Encoding.UTF8.GetString(bytes);
            var verb = line.Split(' ')[0].ToUpperInvariant();
            var goesOn = true;
            switch (verb)
            {
                case "EHLO" or "HELO":
                    string[] extensions = ["scripted", .. EhloExtensions.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
                    goesOn = await SayAsync(stream, SmtpStep.Ehlo, string.Join("\r\n", extensions.Select((extension, i) => $"250{(i == extensions.Length - 1 ? ' ' : '-')}{extension}")));
                    break;
                case "STARTTLS":
                    goesOn = await SayAsync(stream, SmtpStep.StartTls, "220 go ahead");
                    if (goesOn && Certificate is null)
                    {
                        await SayAsync(stream, Silence);
                    }
                    else if (goesOn)
                    {
                        stream = await SecureAsync(stream);
                        lines = new LineReader(stream);
                    }

                    break;
                case "AUTH":
                    goesOn = await SayAsync(stream, SmtpStep.Auth, "235 2.7.0 welcome");
                    break;
                case "MAIL":
                    from = line;
                    goesOn = await SayAsync(stream, SmtpStep.Mail, "250 2.1.0 ok");
                    break;
                case "RCPT":
                    recipient = line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.LastIndexOf('>')];
                    await Task.Delay(Delay, _stop.Token);
                    goesOn = await SayAsync(stream, SmtpStep.Rcpt, "250 2.1.5 ok");
                    break;
                case "DATA":
                    goesOn = await ReceiveAsync(stream, lines, from, recipient);
                    break;
                case "RSET":
                    goesOn = await SayAsync(stream, SmtpStep.Rset, "250 2.0.0 ok");
                    break;
                case "QUIT":
                    await SayAsync(stream, SmtpStep.Quit, "221 2.0.0 bye");
                    goesOn = false;
                    break;
                default:
                    await WriteAsync(stream, "502 5.5.1 what?");
                    break;
            }

            if (!goesOn)
            {
                return;
            }
        }
    }

    private async Task<bool> ReceiveAsync(Stream stream, LineReader lines, string from, string recipient)
    {
        var invitation = Next(SmtpStep.Data) ?? "354 go on";
        if (!await SayAsync(stream, invitation) || !invitation.StartsWith("354", StringComparison.Ordinal))
        {
            return !invitation.StartsWith("421", StringComparison.Ordinal) && invitation != HangUp;
        }

        if (Next(SmtpStep.Body) is { } instead)
        {
            return await SayAsync(stream, instead);
        }

        using var message = new MemoryStream();
        while (await lines.ReadAsync(_stop.Token) is { } line)
        {
            if (line is [(byte)'.'])
            {
                _mails.Enqueue(new ReceivedMail(from, recipient, message.ToArray()));
                return await SayAsync(stream, SmtpStep.Message, "250 2.0.0 Ok: queued as SCRIPT1");
            }

            message.Write(line is [(byte)'.', ..] ? line.AsSpan(1) : line);
            message.Write("\r\n"u8);
        }

        return false;
    }

    private Task<bool> SayAsync(Stream stream, SmtpStep step, string reply) => SayAsync(stream, Next(step) ?? reply);

    private string? Next(SmtpStep step)
    {
        _seen.AddOrUpdate(step, 1, (_, count) => count + 1);
        return _once.TryGetValue(step, out var replies) && replies.TryDequeue(out var reply) ? reply : _always.GetValueOrDefault(step);
    }

    private async Task<bool> SayAsync(Stream stream, string reply)
    {
        if (reply == HangUp)
        {
            return false;
        }

        if (reply == Silence)
        {
            await Task.Delay(Timeout.Infinite, _stop.Token);
        }

        for (var i = 0; reply == Drip; i++)
        {
            await stream.WriteAsync(new[] { i < 4 ? (byte)"250-"[i] : (byte)'x' }, _stop.Token);
            await Task.Delay(DripEvery, _stop.Token);
        }

        await WriteAsync(stream, reply);
        return !reply.StartsWith("421", StringComparison.Ordinal);
    }

    private async Task WriteAsync(Stream stream, string reply)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(reply + "\r\n"), _stop.Token);
        await stream.FlushAsync(_stop.Token);
    }

    private sealed class LineReader(Stream stream)
    {
        private readonly byte[] _buffer = new byte[8192];
        private int _start;
        private int _end;

        /// <returns>One line without its end, or null when the client has gone.</returns>
        public async Task<byte[]?> ReadAsync(CancellationToken cancellationToken)
        {
            var line = new List<byte>();
            while (true)
            {
                while (_start < _end)
                {
                    var next = _buffer[_start++];
                    if (next == '\n')
                    {
                        return [.. line];
                    }

                    if (next != '\r')
                    {
                        line.Add(next);
                    }
                }

                _start = 0;
                _end = await stream.ReadAsync(_buffer, cancellationToken);
                if (_end == 0)
                {
                    return null;
                }
            }
        }
    }
}
