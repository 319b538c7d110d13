using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using Npgsql;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>Asks PostgreSQL for nothing but an answer.</summary>
/// <remarks>
/// It is asked also while its breaker is open: readiness must not wait for the end of a break, and the question costs
/// nobody anything. An answer then cuts the break short.
/// </remarks>
internal sealed class DatabaseProbe(Databases databases, ServicePipelines pipelines) : IServiceProbe
{
    private readonly ServicePipeline _pipeline = pipelines[ExternalService.Database];
    private bool _wasAway;

    public ExternalService Service => ExternalService.Database;

    public async Task<ServiceVerdict> ProbeAsync(CancellationToken cancellationToken)
    {
        var verdict = await ProbeOnceAsync(cancellationToken);
        if (verdict == ServiceVerdict.Answered && _wasAway)
        {
            databases.ForgetIdleConnections();
        }

        _wasAway = verdict == ServiceVerdict.Outage;
        return verdict;
    }

    private async Task<ServiceVerdict> ProbeOnceAsync(CancellationToken cancellationToken)
    {
        var answer = await _pipeline.ExecuteAsync(
            AskAsync,
            _ => new Answer(ServiceVerdict.NotCalled, null),
            () => new Answer(ServiceVerdict.Outage, "timeout"),
            cancellationToken);
        if (answer.Verdict != ServiceVerdict.NotCalled)
        {
            return answer.Verdict;
        }

        var aside = await AskAsideAsync(cancellationToken);
        if (aside == ServiceVerdict.Answered)
        {
            _pipeline.EndBreak();
        }

        return aside;
    }

    private async Task<ServiceVerdict> AskAsideAsync(CancellationToken cancellationToken)
    {
        // The real clock: a connection that hangs does so in real time.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_pipeline.Options.AttemptTimeout);
        try
        {
            return (await AskAsync(deadline.Token)).Verdict;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ServiceVerdict.Outage;
        }
    }

    private async Task<Answer> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = databases.Probes.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return new Answer(ServiceVerdict.Answered, null);
        }
        catch (PostgresException exception) when (!DatabaseOutage.Is(exception))
        {
            // Our own time limit (57014) is an answer, if a slow one. Any other refusal of this question, such as that of
            // the password, is met by everybody.
            return exception.SqlState == PostgresErrorCodes.QueryCanceled
                ? new Answer(ServiceVerdict.Answered, null)
                : new Answer(ServiceVerdict.Outage, exception.SqlState);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new Answer(ServiceVerdict.Outage, (exception as PostgresException)?.SqlState ?? "connection");
        }
    }

    private sealed record Answer(ServiceVerdict Verdict, string? Code) : IServiceAnswer;
}
