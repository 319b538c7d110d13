using BuatFilm.Admin.Http;
using BuatFilm.Core.Idempotency;

namespace BuatFilm.Admin.Features.Idempotency;

/// <summary>The refusals that an idempotency key brings.</summary>
internal static class IdempotencyProblems
{
    public static Problem KeyMissing() =>
        new(StatusCodes.Status400BadRequest, "idempotency_key_missing", $"Send an {IdempotencyKey.Header} header: a new UUID for every order, the same one when you repeat it.");

    public static Problem KeyInvalid() =>
        new(StatusCodes.Status400BadRequest, "idempotency_key_invalid", $"Send exactly one {IdempotencyKey.Header} header of 1 to {IdempotencyKey.MaxLength} printable ASCII characters, such as a UUID.");

    public static Problem KeyReused() =>
        new(StatusCodes.Status422UnprocessableEntity, "idempotency_key_reused", $"This {IdempotencyKey.Header} belongs to a different request. Send a new key with this one.");

    public static Problem InProgress(TimeSpan retryAfter) =>
        new(StatusCodes.Status409Conflict, "request_in_progress", "The same request is being worked on. Send it again, with the same key, after the time in Retry-After.") { RetryAfter = retryAfter };
}
