using System.Text.RegularExpressions;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using Microsoft.Extensions.Options;
using MimeKit;

namespace BuatFilm.Admin.Integrations.Smtp;

/// <summary>Hands mails to the mail server, one recipient each.</summary>
internal sealed partial class SmtpMailer : IAsyncDisposable, IDisposable
{
    private readonly SmtpOptions _options;
    private readonly MailboxAddress _sender;
    private readonly ServicePipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly SmtpConnectionPool _pool;
    private readonly SemaphoreSlim _slots;

    public SmtpMailer(IOptions<SmtpOptions> options, ServicePipelines pipelines, TimeProvider time, ILogger<SmtpMailer> logger)
    {
        _options = options.Value;
        _sender = _options.Sender();
        _pipeline = pipelines[ExternalService.Smtp];
        _time = time;
        _pool = new SmtpConnectionPool(time);
        _slots = new SemaphoreSlim(_options.MaxConnections);
        if (_options is { SignsIn: true, Security: SmtpSecurity.None, IsLoopback: false })
        {
            logger.LogWarning("The password for the mail server {Host} crosses the network unprotected; set Smtp:Security to StartTls or Tls.", _options.Host);
        }
    }

    /// <summary>Connections that wait for the next message.</summary>
    internal int IdleConnections => _pool.IdleCount;

    /// <summary>Tries once to deliver.</summary>
    /// <returns>What became of it; failures of the outside world too, and that <paramref name="cancellationToken"/> ended it before it was handed over.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> ended it, and the message may have gone out.</exception>
    public async Task<DeliveryOutcome> SendAsync(EmailMessage message, CancellationToken cancellationToken)
    {
        if (!EmailMime.TryCreate(message, _sender, _time.GetUtcNow(), out var mime))
        {
            return SmtpFailure.UnusableRecipient;
        }

        using var _ = mime;

        var progress = new SmtpProgress();
        try
        {
            return await SendAsync(mime, progress, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && progress.Phase != SmtpPhase.Handover)
        {
            return SmtpFailure.Stopped;
        }
    }

    /// <summary>Closes the connections that wait; those in use close when their message is through.</summary>
    /// <remarks>The slots need no disposal: nobody asks them for a wait handle.</remarks>
    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    /// <summary>For a container that is disposed of synchronously: closes them without a goodbye.</summary>
    public void Dispose() => _pool.Dispose();

    private async Task<DeliveryOutcome> SendAsync(MimeMessage mime, SmtpProgress progress, CancellationToken cancellationToken)
    {
        // Before the breaker's deadline begins: waiting for ourselves says nothing about the server.
        if (!await _slots.WaitAsync(_options.CommandTimeout, cancellationToken))
        {
            return SmtpFailure.NoFreeConnection;
        }

        try
        {
            return await CallAsync(progress, (phase, token) => TryAsync(mime, phase, token), cancellationToken);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Asks whether the server takes a connection and our credentials; sends nothing.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> ended it.</exception>
    public Task<DeliveryOutcome> ProbeAsync(CancellationToken cancellationToken) => CallAsync(new SmtpProgress(), AskAsync, cancellationToken);

    private async Task<DeliveryOutcome> CallAsync(SmtpProgress progress, Func<SmtpProgress, CancellationToken, Task<DeliveryOutcome>> call, CancellationToken cancellationToken)
    {
        var outcome = await _pipeline.ExecuteAsync(
            token => call(progress, token),
            retryAfter => _pipeline.Fault is { PausedUntil: not null } fault ? SmtpFailure.Paused(fault.Class, retryAfter) : SmtpFailure.BreakerOpen(retryAfter),
            () => SmtpFailure.TimedOut(progress.Phase),
            cancellationToken);

        return outcome.Verdict == ServiceVerdict.Misconfigured ? outcome with { RetryAfter = _pipeline.MisconfiguredPause } : outcome;
    }

    private async Task<DeliveryOutcome> AskAsync(SmtpProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await SmtpConnection.OpenAsync(_options, _time, progress, cancellationToken);
            try
            {
                await connection.NoOpAsync(progress, cancellationToken);
            }
            catch
            {
                connection.Dispose();
                throw;
            }

            await connection.CloseAsync();
            return DeliveryOutcome.Delivered();
        }
        catch (SmtpException exception)
        {
            return exception.Outcome;
        }
    }

    private async Task<DeliveryOutcome> TryAsync(MimeMessage mime, SmtpProgress progress, CancellationToken cancellationToken)
    {
        if (_pool.TryTake() is { } waiting)
        {
            try
            {
                return await SendOverAsync(waiting, hasWaited: true, mime, progress, cancellationToken);
            }
            catch (SmtpException exception) when (!exception.ConnectionLost || progress.Phase >= SmtpPhase.Data)
            {
                return exception.Outcome;
            }
            catch (SmtpException)
            {
                // The server had closed or forgotten it while it waited; nothing of the message is out. Once more, on a fresh one.
            }
        }

        try
        {
            var connection = await SmtpConnection.OpenAsync(_options, _time, progress, cancellationToken);
            return await SendOverAsync(connection, hasWaited: false, mime, progress, cancellationToken);
        }
        catch (SmtpException exception)
        {
            return exception.Outcome;
        }
    }

    private async Task<DeliveryOutcome> SendOverAsync(SmtpConnection connection, bool hasWaited, MimeMessage mime, SmtpProgress progress, CancellationToken cancellationToken)
    {
        var keep = true;
        try
        {
            var reply = await connection.SendAsync(mime, hasWaited, progress, cancellationToken);
            return DeliveryOutcome.Delivered(QueueName().Match(reply) is { Success: true } name ? name.Groups["name"].Value : null);
        }
        catch (SmtpException exception)
        {
            // A refused message leaves the session in order; MailKit has reset it.
            keep = !exception.ConnectionLost;
            throw;
        }
        catch
        {
            keep = false;
            throw;
        }
        finally
        {
            if (keep)
            {
                _pool.Return(connection);
            }
            else
            {
                connection.Dispose();
            }
        }
    }

    /// <summary>The server's own name for the message, as in <c>2.0.0 Ok: queued as 4FbXk21</c>.</summary>
    [GeneratedRegex(@"queued as <?(?<name>[A-Za-z0-9._@-]{1,100})", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex QueueName();
}
