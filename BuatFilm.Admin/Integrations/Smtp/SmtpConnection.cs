using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace BuatFilm.Admin.Integrations.Smtp;

/// <summary>One connection to the mail server, signed in.</summary>
internal sealed class SmtpConnection : IDisposable
{
    private readonly SmtpOptions _options;
    private readonly TimeProvider _time;
    private readonly SmtpClient _client;
    private readonly Socket _socket;

    private SmtpConnection(SmtpOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _client = new SmtpClient
        {
            // The deadlines below come first; this one catches what does not listen to a token.
            Timeout = (int)(options.DataTimeout + options.CommandTimeout).TotalMilliseconds,

            // As everywhere in .NET: were it on, mail would stop whenever an authority's list cannot be reached.
            CheckCertificateRevocation = false,
        };
        if (options.AcceptAnyCertificate && options.IsLoopback)
        {
#pragma warning disable CA5359 // Asked for by name, and only for a server on this machine.
            _client.ServerCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
    }

    /// <summary>When it was last given back, in UTC.</summary>
    public DateTimeOffset IdleSince { get; set; }

    /// <summary>True when another message may go over it.</summary>
    public bool IsUsable => _client.IsConnected;

    /// <summary>True when the server closed it, or said something unasked, which is how servers take leave.</summary>
    public bool IsStale
    {
        get
        {
            try
            {
                return !_client.IsConnected || _socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <summary>Connects, greets and signs in, each with its own deadline.</summary>
    /// <exception cref="SmtpException">One of these steps failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> ended it.</exception>
    public static async Task<SmtpConnection> OpenAsync(SmtpOptions options, TimeProvider time, SmtpProgress progress, CancellationToken cancellationToken)
    {
        var connection = new SmtpConnection(options, time);
        try
        {
            await connection.OpenAsync(progress, cancellationToken);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Hands one message over.</summary>
    /// <param name="hasWaited">True for a connection that lay idle: a server that has forgotten it says nothing at all, and shall not cost a whole <see cref="SmtpOptions.DataTimeout"/>.</param>
    /// <returns>What the server said as it took it.</returns>
    /// <exception cref="SmtpException">It was not taken, or nobody knows.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> ended it.</exception>
    public async Task<string> SendAsync(MimeMessage message, bool hasWaited, SmtpProgress progress, CancellationToken cancellationToken)
    {
        var reply = "";
        var isShort = hasWaited && _options.CommandTimeout < _options.DataTimeout;
        try
        {
            await StepAsync(
                progress,
                SmtpPhase.Envelope,
                isShort ? _options.CommandTimeout : _options.DataTimeout,
                async token => reply = await _client.SendAsync(message, token, progress),
                cancellationToken,
                deadline => progress.DataBegan = isShort ? () => deadline.CancelAfter(_options.DataTimeout) : null);
            return reply;
        }
        finally
        {
            progress.DataBegan = null;
        }
    }

    /// <summary>Asks the server to do nothing, and to say that it did.</summary>
    /// <exception cref="SmtpException">It did not.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> ended it.</exception>
    public Task NoOpAsync(SmtpProgress progress, CancellationToken cancellationToken) =>
        StepAsync(progress, SmtpPhase.Envelope, _options.CommandTimeout, token => _client.NoOpAsync(token), cancellationToken);

    /// <summary>Says goodbye, for at most a second, and closes.</summary>
    public async Task CloseAsync()
    {
        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(1), TimeProvider.System);
            await _client.DisconnectAsync(quit: true, deadline.Token);
        }
        catch (Exception exception) when (SmtpFailure.IsForeign(exception) || exception is OperationCanceledException or ObjectDisposedException)
        {
            // It is leaving anyway.
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _socket.Dispose();
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The client owns the stream, and the stream the socket.")]
    private async Task OpenAsync(SmtpProgress progress, CancellationToken cancellationToken)
    {
        await StepAsync(
            progress,
            SmtpPhase.Connect,
            _options.ConnectTimeout,
            async token => await _socket.ConnectAsync(_options.Host, _options.EffectivePort, token),
            cancellationToken);

        await StepAsync(
            progress,
            SmtpPhase.Greet,
            _options.CommandTimeout,
            token => _client.ConnectAsync(_socket, _options.Host, _options.EffectivePort, SocketSecurity(), token),
            cancellationToken);

        if (_options.SignsIn)
        {
            PreferOneWayToSignIn();
            await StepAsync(
                progress,
                SmtpPhase.Authenticate,
                _options.CommandTimeout,
                token => _client.AuthenticateAsync(_options.Username!, _options.Password!, token),
                cancellationToken);
        }
    }

    /// <summary>Left to itself, MailKit tries a wrong password once in every way the server offers; that locks accounts.</summary>
    private void PreferOneWayToSignIn()
    {
        if (!_client.IsSecure && !_options.IsLoopback)
        {
            return; // Ways that do not show the password come first then.
        }

        foreach (var way in (string[])["PLAIN", "LOGIN"])
        {
            if (_client.AuthenticationMechanisms.Contains(way))
            {
                _client.AuthenticationMechanisms.IntersectWith([way]);
                return;
            }
        }
    }

    private SecureSocketOptions SocketSecurity() => _options.Security switch
    {
        SmtpSecurity.None => SecureSocketOptions.None,
        SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
    };

    private async Task StepAsync(SmtpProgress progress, SmtpPhase phase, TimeSpan timeout, Func<CancellationToken, Task> step, CancellationToken cancellationToken, Action<CancellationTokenSource>? extend = null)
    {
        progress.Phase = phase;
        using var deadline = new CancellationTokenSource(timeout, _time);
        extend?.Invoke(deadline);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await step(either.Token);
        }
        catch (Exception exception) when (exception is not SmtpCommandException and not AuthenticationException && either.IsCancellationRequested)
        {
            // TLS wraps a cancellation in an exception of its own; the tokens know better.
            cancellationToken.ThrowIfCancellationRequested();
            throw new SmtpException(SmtpFailure.TimedOut(progress.Phase), exception, connectionLost: true);
        }
        catch (Exception exception) when (SmtpFailure.IsForeign(exception))
        {
            throw new SmtpException(SmtpFailure.Classify(exception, progress.Phase), exception, SmtpFailure.IsConnectionLoss(exception));
        }
    }
}
