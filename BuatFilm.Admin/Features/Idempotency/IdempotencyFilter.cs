using System.Text.Json;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Core.Idempotency;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace BuatFilm.Admin.Features.Idempotency;

/// <summary>Executes a request once per idempotency key, however often and on however many nodes it arrives.</summary>
/// <remarks>
/// The claim is committed before the work and the answer with it, so a crash anywhere leaves a row that says what to do:
/// replay, wait, or take over once the lease has ended. What is wrong with the request itself is found before the claim.
/// </remarks>
internal sealed partial class IdempotencyFilter(
    IdempotencyRows rows,
    IOptions<IdempotencyOptions> options,
    TimeProvider time,
    ILogger<IdempotencyFilter> logger) : IEndpointFilter
{
    /// <summary>The longest body, in bytes.</summary>
    public const int MaxBodyBytes = 256 * 1024;

    public const string ReplayedHeader = "Idempotent-Replayed";

    private const string MediaType = "application/json";

    /// <summary>How long a duplicate waits for the answer of the run that is at it; most runs end within.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan TidyUpLimit = TimeSpan.FromSeconds(5);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        switch (IdempotencyKey.Read(http.Request.Headers[IdempotencyKey.Header], out var key))
        {
            case KeyReading.Missing:
                return IdempotencyProblems.KeyMissing();
            case KeyReading.Invalid:
                return IdempotencyProblems.KeyInvalid();
            case KeyReading.Valid:
                break;
        }

        if (!IsJson(http.Request))
        {
            return Problems.UnsupportedMediaType();
        }

        var body = await RequestBody.ReadAsync(http.Request, MaxBodyBytes, http.RequestAborted);
        if (body.IsTooLarge)
        {
            return Problems.BodyTooLarge(MaxBodyBytes);
        }

        if (!StrictJson.TryParse(body.Bytes, out var document, out var defect))
        {
            return Problems.Json(defect);
        }

        using (document)
        {
            var scope = ScopeOf(http);
            var fingerprint = Fingerprint.Of(scope, MediaType, document.RootElement);

            return await ClaimAsync(scope, key, fingerprint, http.RequestAborted) switch
            {
                ClaimOutcome.Claimed claimed => await ExecuteAsync(claimed.Claim, fingerprint, document.RootElement, context, next),
                ClaimOutcome.Done done => Replay(done.Answer),
                ClaimOutcome.OtherRequest => IdempotencyProblems.KeyReused(),
                ClaimOutcome.InDoubt doubt => IdempotencyProblems.InProgress(doubt.LeaseLeft),
                _ => IdempotencyProblems.InProgress(TimeSpan.FromSeconds(1)),
            };
        }
    }

    private static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    /// <remarks>The caller is part of it: nobody can fetch another's answer by guessing a key.</remarks>
    private static string ScopeOf(HttpContext http)
    {
        var client = http.User.Identity is { IsAuthenticated: true, Name: { } name } ? name : throw new InvalidOperationException("A route with idempotency keys needs an authenticated caller.");
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? http.Request.Path;

        return $"{client}|{http.Request.Method}|{route}";
    }

    /// <summary>Claims the key; while another run holds it, waits a little for its answer.</summary>
    private async Task<ClaimOutcome> ClaimAsync(string scope, string key, byte[] fingerprint, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var outcome = await rows.ClaimAsync(scope, key, fingerprint, options.Value.Lease, options.Value.Retention, cancellationToken);
        for (var step = 100; outcome is ClaimOutcome.Running or ClaimOutcome.Free && time.GetElapsedTime(started) < Patience; step = Math.Min(step + 50, 200))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(step), time, cancellationToken);
            outcome = await rows.ReadAsync(scope, key, fingerprint, cancellationToken);
            if (outcome is ClaimOutcome.Free)
            {
                outcome = await rows.ClaimAsync(scope, key, fingerprint, options.Value.Lease, options.Value.Retention, cancellationToken);
            }
        }

        return outcome;
    }

    private async Task<IResult> ExecuteAsync(IdempotencyClaim claim, byte[] fingerprint, JsonElement request, EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        // A little less than the row's lease, whose clock has been running for a moment.
        using var lease = new CancellationTokenSource(options.Value.Lease * 0.9, time);
        var execution = new IdempotentExecution(claim, request, rows, options.Value.Retention, lease.Token);
        context.HttpContext.Features.Set(execution);

        StoredAnswer answer;
        try
        {
            answer = AnswerOf(await next(context), context.HttpContext);
            if (ReferenceEquals(answer, execution.Answer))
            {
                return new JsonAnswer(answer);
            }

            if (IsKept(answer.Status))
            {
                await rows.CompleteAsync(claim, answer, options.Value.Retention, CancellationToken.None);
                return new JsonAnswer(answer);
            }
        }
        catch (Exception exception)
        {
            if (await AfterFailureAsync(execution, fingerprint, LostClaim.Is(exception)) is { } committed)
            {
                return committed;
            }

            if (exception is OperationCanceledException && lease.IsCancellationRequested)
            {
                return Problems.TemporarilyUnavailable();
            }

            throw;
        }

        await LetGoAsync(execution, isDefinite: answer.Status < StatusCodes.Status500InternalServerError);
        return new JsonAnswer(answer);
    }

    /// <summary>After an exception: the commit may have gone through all the same, or another run may have the key.</summary>
    /// <returns>The answer for the client; null when the exception is the answer.</returns>
    private async Task<IResult?> AfterFailureAsync(IdempotentExecution execution, byte[] fingerprint, bool claimLost)
    {
        if (!claimLost && await LetGoAsync(execution, isDefinite: false) is not Release.NotOurs)
        {
            return null;
        }

        try
        {
            using var limit = new CancellationTokenSource(TidyUpLimit, time);
            return await rows.ReadAsync(execution.Claim.Scope, execution.Claim.Key, fingerprint, limit.Token) switch
            {
                ClaimOutcome.Done done when done.Owner == execution.Claim.Owner => new JsonAnswer(done.Answer),
                ClaimOutcome.Done done => Replay(done.Answer),
                _ when claimLost => IdempotencyProblems.InProgress(TimeSpan.FromSeconds(1)),
                _ => null,
            };
        }
        catch (Exception exception) when (PassingFailure.Is(exception) || exception is OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Frees the key, or leaves it in doubt when a foreign call is out and nobody knows what it did.</summary>
    private async Task<Release> LetGoAsync(IdempotentExecution execution, bool isDefinite)
    {
        try
        {
            using var limit = new CancellationTokenSource(TidyUpLimit, time);
            if (execution.HasCalledForeign && !isDefinite)
            {
                LogInDoubt(execution.Claim.Scope, execution.Claim.Attempt, execution.Claim.ResourceId);
                return await rows.MarkInDoubtAsync(execution.Claim, limit.Token) ? Release.Settled : Release.NotOurs;
            }

            return await rows.ReleaseAsync(execution.Claim, limit.Token) ? Release.Settled : Release.NotOurs;
        }
        catch (Exception exception) when (PassingFailure.Is(exception) || exception is OperationCanceledException)
        {
            // The lease ends by itself, and the next run takes over.
            LogNotFreed(execution.Claim.Scope, exception.GetBaseException().Message);
            return Release.Unreachable;
        }
    }

    private static StoredAnswer AnswerOf(object? result, HttpContext http) => result switch
    {
        JsonAnswer answer => answer.Stored,
        Problem problem => problem.ToAnswer(http),
        _ => throw new InvalidOperationException($"A route with idempotency keys answers with {nameof(JsonAnswer)} or {nameof(Problem)}, whose bytes can be kept; this was {result?.GetType().Name ?? "nothing"}."),
    };

    /// <summary>Success, and refusals that executing decided. What a better or a later request may change is not kept.</summary>
    private static bool IsKept(int status) => status switch
    {
        StatusCodes.Status400BadRequest or StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound => false,
        StatusCodes.Status408RequestTimeout or StatusCodes.Status413PayloadTooLarge or StatusCodes.Status415UnsupportedMediaType => false,
        StatusCodes.Status429TooManyRequests => false,
        _ => status is >= 200 and < 500,
    };

    private static JsonAnswer Replay(StoredAnswer answer) =>
        new(answer with { Headers = new Dictionary<string, string>(answer.Headers, StringComparer.OrdinalIgnoreCase) { [ReplayedHeader] = "true" } });

    private enum Release
    {
        Settled,

        /// <summary>The answer is committed, or another run holds the key.</summary>
        NotOurs,

        /// <summary>The database did not answer.</summary>
        Unreachable,
    }

    [LoggerMessage(LogLevel.Warning, "Run {Attempt} of a request to {Scope} ended in doubt: a foreign call was made and its effect is not known. Resource: {ResourceId}.")]
    private partial void LogInDoubt(string scope, int attempt, string? resourceId);

    [LoggerMessage(LogLevel.Warning, "A key of {Scope} could not be freed, its lease will end by itself: {Message}")]
    private partial void LogNotFreed(string scope, string message);
}
