using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using BuatFilm.Admin.Sandbox.Faults;

namespace BuatFilm.Admin.Sandbox.Smtp;

/// <summary>One client's conversation with the SMTP stand-in, after RFC 5321.</summary>
[SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The TLS stream takes the place of the one it wraps and is disposed with it.")]
internal sealed class SmtpConnection : IDisposable
{
    /// <summary>The largest mail, in bytes.</summary>
    public const int MaxMail = 10 * 1024 * 1024;

    // AUTH lines may be longer than other commands (RFC 4954).
    private const int MaxCommand = 12_288;
    private const int MaxTextLine = 998;
    private const int MaxRecipients = 100;
    private const int MaxMistakes = 20;

    private readonly Socket _socket;
    private readonly SmtpStandIn _server;
    private readonly MemoryStream _line = new();
    private readonly MemoryStream _pendingReplies = new();
    private Stream _stream;
    private SmtpLineReader _reader;
    private FaultDraw _fate;
    private SmtpEnvelope? _envelope;
    private bool _greeted;
    private bool _authenticated;
    private bool _encrypted;
    private int _mistakes;

    public SmtpConnection(Socket socket, SmtpStandIn server)
    {
        _socket = socket;
        _server = server;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new SmtpLineReader(_stream);
        _fate = server.Faults.Draw();
    }

    /// <summary>Talks until either side has enough.</summary>
    /// <param name="closing">Cancelled when the port closes.</param>
    public async Task RunAsync(CancellationToken closing)
    {
        try
        {
            if (await IsSpoiltAsync(closing))
            {
                return;
            }

            await ReplyAsync(new SmtpReply(220, "localhost ESMTP BuatFilm sandbox, delivers to nobody"), closing);
            while (await NextCommandAsync(closing))
            {
                // Each turn is one command and its reply.
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or AuthenticationException)
        {
            // The client has gone, or could not agree on TLS.
        }
        catch (OperationCanceledException)
        {
            // The port is closing.
        }
    }

    /// <summary>Says that there are too many, and ends.</summary>
    public async Task TurnAwayAsync(CancellationToken closing)
    {
        try
        {
            await EndAsync(SmtpReply.TooManyConnections, closing);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The client has gone, or the port is closing.
        }
    }

    /// <summary>Ends the conversation without a word.</summary>
    public void Abort()
    {
        // A reset, as when a machine goes down: the client must not take it for an orderly end.
        try
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
            _socket.Close();
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // It has ended by itself.
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _line.Dispose();
        _pendingReplies.Dispose();
    }

    private async Task<bool> NextCommandAsync(CancellationToken closing)
    {
        var read = await ReadLineAsync(MaxCommand, acceptsBareLf: true, closing);
        if (read == LineRead.Closed || await IsSpoiltAsync(closing))
        {
            return false;
        }

        if (read == LineRead.TooLong)
        {
            await ReplyAsync(SmtpReply.LineTooLong, closing);
            return ++_mistakes < MaxMistakes;
        }

        var line = Encoding.UTF8.GetString(_line.GetBuffer(), 0, (int)_line.Length);
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var verb = (space < 0 ? line : line[..space]).ToUpperInvariant();
        var argument = space < 0 ? "" : line[(space + 1)..].Trim();

        return verb switch
        {
            "DATA" => await ReceiveAsync(closing),
            "AUTH" => await AuthenticateAsync(argument, closing),
            "STARTTLS" => await StartTlsAsync(closing),
            "QUIT" => await EndAsync(SmtpReply.Bye, closing),
            _ => await ContinueAsync(Obey(verb, argument), closing),
        };
    }

    private SmtpReply Obey(string verb, string argument)
    {
        switch (verb)
        {
            case "EHLO":
                return Greet(argument, extended: true);
            case "HELO":
                return Greet(argument, extended: false);
            case "MAIL":
                return BeginMail(argument);
            case "RCPT":
                return AddRecipient(argument);
            case "RSET":
                _envelope = null;
                return SmtpReply.Ok;
            case "NOOP":
                return IsFailing() ? SmtpReply.TryLater : SmtpReply.Ok;
            case "VRFY":
                return new SmtpReply(252, "2.1.5 Cannot verify, but will accept the message");
            case "HELP":
                return new SmtpReply(214, "2.0.0 EHLO HELO MAIL RCPT DATA RSET NOOP VRFY AUTH STARTTLS QUIT");
            default:
                _mistakes++;
                return SmtpReply.Unknown;
        }
    }

    private SmtpReply Greet(string client, bool extended)
    {
        if (client.Length == 0)
        {
            return SmtpReply.Syntax;
        }

        _greeted = true;
        _envelope = null;
        if (!extended)
        {
            return new SmtpReply(250, "localhost");
        }

        var lines = new List<string>
        {
            "localhost",
            "PIPELINING",
            "8BITMIME",
            "SMTPUTF8",
            "ENHANCEDSTATUSCODES",
            $"SIZE {MaxMail}",
            "AUTH PLAIN LOGIN",
        };
        if (_server.Certificate is not null && !_encrypted)
        {
            lines.Add("STARTTLS");
        }

        return new SmtpReply(250, lines);
    }

    private SmtpReply BeginMail(string argument)
    {
        if (!_greeted || _envelope is not null)
        {
            return SmtpReply.OutOfOrder;
        }

        if (_server.Login is not null && !_authenticated)
        {
            return new SmtpReply(530, "5.7.0 Authentication required");
        }

        if (!SmtpPath.TryRead(argument, "FROM:", out var sender, out var parameters))
        {
            return SmtpReply.Syntax;
        }

        if (SmtpPath.SizeOf(parameters) > MaxMail)
        {
            return TooLarge();
        }

        // Drawn anew for each mail: a client may keep its connection for many.
        var mode = _server.Faults.Draw().Mode;
        if (mode == FaultMode.Error)
        {
            _server.CountFailed();
            return SmtpReply.TryLater;
        }

        _envelope = new SmtpEnvelope(sender, RefusesRecipients: mode == FaultMode.Refuse);
        return new SmtpReply(250, "2.1.0 Sender OK");
    }

    private SmtpReply AddRecipient(string argument)
    {
        if (_envelope is not { } envelope)
        {
            return SmtpReply.OutOfOrder;
        }

        if (!SmtpPath.TryRead(argument, "TO:", out var recipient, out _) || recipient.Length == 0)
        {
            return new SmtpReply(553, "5.1.3 Not a mailbox");
        }

        if (envelope.RefusesRecipients)
        {
            _server.CountRejected();
            return SmtpReply.NoSuchMailbox;
        }

        if (envelope.Recipients.Count >= MaxRecipients)
        {
            return new SmtpReply(452, "4.5.3 Too many recipients");
        }

        envelope.Recipients.Add(recipient);
        return new SmtpReply(250, "2.1.5 Recipient OK");
    }

    private async Task<bool> ReceiveAsync(CancellationToken closing)
    {
        if (_envelope is not { Recipients.Count: > 0 } envelope)
        {
            return await ContinueAsync(_envelope is null ? SmtpReply.OutOfOrder : new SmtpReply(554, "5.5.1 No valid recipients"), closing);
        }

        await ReplyAsync(new SmtpReply(354, "End with CRLF.CRLF"), closing);
        _envelope = null;

        using var mail = new MemoryStream();
        SmtpReply? refusal = null;

        while (true)
        {
            switch (await ReadLineAsync(MaxTextLine, acceptsBareLf: false, closing))
            {
                case LineRead.Closed:
                    // The end of the mail was never seen, so there is no mail.
                    return false;

                case LineRead.TooLong:
                    refusal ??= new SmtpReply(554, "5.6.0 A line is longer than 998 characters");
                    continue;

                case LineRead.Line:
                    break;
            }

            var line = _line.GetBuffer().AsSpan(0, (int)_line.Length);
            if (line is [(byte)'.'])
            {
                break;
            }

            if (mail.Length + line.Length > MaxMail)
            {
                refusal ??= TooLarge();
            }

            if (refusal is null)
            {
                // A line that begins with a dot was given another one by the client.
                mail.Write(line is [(byte)'.', ..] ? line[1..] : line);
                mail.Write("\r\n"u8);
            }
        }

        if (await IsSpoiltAsync(closing))
        {
            return false;
        }

        if (refusal is not null)
        {
            _server.CountRejected();
            return await ContinueAsync(refusal, closing);
        }

        mail.Position = 0;
        return await ContinueAsync(_server.Accept(envelope, mail), closing);
    }

    private async Task<bool> AuthenticateAsync(string argument, CancellationToken closing)
    {
        if (!_greeted || _authenticated || _envelope is not null)
        {
            return await ContinueAsync(SmtpReply.OutOfOrder, closing);
        }

        var parts = argument.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries);
        var initial = parts.Length > 1 ? parts[1] : null;

        SmtpLogin? given;
        switch (parts.FirstOrDefault()?.ToUpperInvariant())
        {
            case "PLAIN":
                given = ReadPlain(initial ?? await AskAsync("", closing));
                break;

            case "LOGIN":
                var user = FromBase64(initial ?? await AskAsync("VXNlcm5hbWU6", closing));
                var password = user is null ? null : FromBase64(await AskAsync("UGFzc3dvcmQ6", closing));
                given = user is null || password is null ? null : new SmtpLogin(user, password);
                break;

            default:
                return await ContinueAsync(new SmtpReply(504, "5.5.4 Mechanism not known"), closing);
        }

        if (given is null)
        {
            return await ContinueAsync(SmtpReply.Syntax, closing);
        }

        if (_server.Login is { } expected && given != expected)
        {
            _mistakes++;
            return await ContinueAsync(new SmtpReply(535, "5.7.8 User name or password not accepted"), closing);
        }

        _authenticated = true;
        return await ContinueAsync(new SmtpReply(235, "2.7.0 Authenticated"), closing);
    }

    private async Task<string?> AskAsync(string challenge, CancellationToken closing)
    {
        await ReplyAsync(new SmtpReply(334, challenge), closing);

        return await ReadLineAsync(MaxCommand, acceptsBareLf: true, closing) == LineRead.Line
            ? Encoding.ASCII.GetString(_line.GetBuffer(), 0, (int)_line.Length)
            : null;
    }

    private static SmtpLogin? ReadPlain(string? encoded) =>
        FromBase64(encoded)?.Split('\0') is [_, var user, var password] ? new SmtpLogin(user, password) : null;

    private static string? FromBase64(string? encoded)
    {
        if (encoded is null)
        {
            return null;
        }

        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }

    private async Task<bool> StartTlsAsync(CancellationToken closing)
    {
        if (_server.Certificate is not { } certificate || _encrypted)
        {
            return await ContinueAsync(SmtpReply.Unknown, closing);
        }

        // What came in the clear behind STARTTLS must not be taken for something said under TLS.
        _reader.Discard();
        await ReplyAsync(new SmtpReply(220, "2.0.0 Ready to start TLS"), closing);

        var tls = new SslStream(_stream);
        _stream = tls;
        using (var patience = new CancellationTokenSource(_server.IdleTimeout, _server.Time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, closing))
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, either.Token);
        }

        _reader = new SmtpLineReader(tls);
        _encrypted = true;
        _greeted = false;
        _authenticated = false;
        _envelope = null;
        return true;
    }

    private async Task<bool> ContinueAsync(SmtpReply reply, CancellationToken closing)
    {
        if (_mistakes >= MaxMistakes)
        {
            return await EndAsync(new SmtpReply(421, "4.7.0 Too many mistakes, closing"), closing);
        }

        await ReplyAsync(reply, closing);
        return true;
    }

    private async Task<bool> EndAsync(SmtpReply reply, CancellationToken closing)
    {
        await ReplyAsync(reply, closing);
        await FlushAsync(closing);
        return false;
    }

    private async Task ReplyAsync(SmtpReply reply, CancellationToken closing)
    {
        _pendingReplies.Write(Encoding.UTF8.GetBytes(reply.ToString()));

        // A pipelining client waits for the replies together; they leave in one packet.
        if (!_reader.HasMore)
        {
            await FlushAsync(closing);
        }
    }

    private async Task FlushAsync(CancellationToken closing)
    {
        if (_pendingReplies.Length == 0)
        {
            return;
        }

        await _stream.WriteAsync(_pendingReplies.GetBuffer().AsMemory(0, (int)_pendingReplies.Length), closing);
        await _stream.FlushAsync(closing);
        _pendingReplies.SetLength(0);
    }

    private async Task<LineRead> ReadLineAsync(int maxLength, bool acceptsBareLf, CancellationToken closing)
    {
        if (!_reader.HasMore)
        {
            await FlushAsync(closing);
        }

        using var patience = new CancellationTokenSource(_server.IdleTimeout, _server.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, closing);
        try
        {
            return await _reader.ReadAsync(_line, maxLength, acceptsBareLf, either.Token);
        }
        catch (OperationCanceledException) when (!closing.IsCancellationRequested)
        {
            await EndAsync(SmtpReply.IdleTooLong, closing);
            return LineRead.Closed;
        }
    }

    /// <summary>Whether the fault set just now ends the conversation; waits first where it only slows it down.</summary>
    /// <remarks>Asked once per turn of the conversation, so a pipelining client is slowed down once for all it sent together.</remarks>
    private async Task<bool> IsSpoiltAsync(CancellationToken closing)
    {
        if (_fate.Changed.IsCancellationRequested)
        {
            _fate = _server.Faults.Draw();
        }

        switch (_fate.Mode)
        {
            case FaultMode.Slow when !_reader.HasMore:
                await _fate.DelayAsync(_server.Time, closing);
                return HasClientGone();

            case FaultMode.Hang:
                await HangAsync(closing);
                return true;

            case FaultMode.Down:
                Abort();
                return true;

            case FaultMode.Ok:
            case FaultMode.Slow:
            case FaultMode.Error:
            case FaultMode.Refuse:
            default:
                return false;
        }
    }

    private async Task HangAsync(CancellationToken closing)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_fate.Changed, closing);
        try
        {
            while (await _reader.SwallowAsync(either.Token))
            {
                // Silence.
            }
        }
        catch (OperationCanceledException) when (_fate.Changed.IsCancellationRequested)
        {
            Abort();
        }
    }

    // Whoever gave up waiting must find that nothing happened.
    private bool HasClientGone() => _socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0;

    private bool IsFailing() => _fate.Mode == FaultMode.Error;

    private static SmtpReply TooLarge() => new(552, $"5.3.4 Larger than {MaxMail} bytes");
}
