using BuatFilm.Core;
using BuatFilm.Core.Degradation;

namespace BuatFilm.Admin.Http;

/// <summary>The refusals that any route may give. A feature adds its own where it decides them.</summary>
internal static class Problems
{
    public static Problem Validation(IReadOnlyDictionary<string, string[]> errors) =>
        new(StatusCodes.Status400BadRequest, "validation_failed", "Correct the fields listed under 'errors' and send the request again.") { Errors = errors };

    public static Problem Json(JsonDefect defect) => new(StatusCodes.Status400BadRequest, WireName<JsonDefect>.Of(defect), defect switch
    {
        JsonDefect.None => throw new ArgumentOutOfRangeException(nameof(defect), "There is nothing wrong with the text."),
        JsonDefect.MalformedJson => $"Send valid JSON in UTF-8, without comments or trailing commas, nested at most {StrictJson.MaxDepth} deep.",
        JsonDefect.DuplicateMember => "Send every member of an object once.",
        JsonDefect.NulCharacter => "Remove the NUL characters (\\u0000) from the strings.",
    });

    public static Problem MalformedRequest() =>
        new(StatusCodes.Status400BadRequest, "malformed_request", "The request could not be read. Check its headers, its path and its body.");

    public static Problem InvalidCursor() =>
        new(StatusCodes.Status400BadRequest, "invalid_cursor", "Send the nextCursor of the page before, or none for the first page.");

    public static Problem NotFound() =>
        new(StatusCodes.Status404NotFound, "not_found", "There is nothing here. Check the path and the id.");

    public static Problem BodyTooLarge(int maxBytes) =>
        new(StatusCodes.Status413PayloadTooLarge, "body_too_large", $"Send a body of at most {maxBytes / 1024} KiB.");

    public static Problem UnsupportedMediaType() =>
        new(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "Send the body as Content-Type: application/json.");

    public static Problem TooManyRequests(TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, "too_many_requests", "Slow down, and ask again after the time in Retry-After.") { RetryAfter = retryAfter };

    public static Problem TemporarilyUnavailable() =>
        new(StatusCodes.Status503ServiceUnavailable, "temporarily_unavailable", "Nothing was lost. Send the same request again after the time in Retry-After.")
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        };

    /// <summary>Something that the request cannot do without is down.</summary>
    /// <param name="level">How bad things are; goes along as <c>degradation</c>.</param>
    public static Problem ServiceUnavailable(DegradationLevel level, TimeSpan retryAfter) =>
        new(StatusCodes.Status503ServiceUnavailable, "service_unavailable", "Nothing was lost. Send the same request again after the time in Retry-After.")
        {
            RetryAfter = retryAfter,
            Extensions = new Dictionary<string, object>(StringComparer.Ordinal) { ["degradation"] = WireName<DegradationLevel>.Of(level) },
        };

    /// <summary>The answer for a bare status, as routing, authentication and the server give it.</summary>
    public static Problem OfStatus(int status, string? code = null) => status switch
    {
        StatusCodes.Status400BadRequest => MalformedRequest(),
        StatusCodes.Status401Unauthorized when code is "api_key_invalid" => new(status, code, "This API key is not valid. Check it, or have a new one made."),
        StatusCodes.Status401Unauthorized => new(status, code ?? "unauthorized", "Send your API key as 'Authorization: Bearer <key>' or as 'X-Api-Key: <key>'."),
        StatusCodes.Status403Forbidden => new(status, "forbidden", "This API key may not do that. Use one whose role allows it."),
        StatusCodes.Status404NotFound => NotFound(),
        StatusCodes.Status405MethodNotAllowed => new(status, "method_not_allowed", "Use one of the methods in the Allow header."),
        StatusCodes.Status406NotAcceptable => new(status, "not_acceptable", "Accept application/json."),
        StatusCodes.Status408RequestTimeout => new(status, "request_timeout", "The body came too slowly. Send the request again."),
        StatusCodes.Status413PayloadTooLarge => new(status, "body_too_large", "Send a smaller body."),
        StatusCodes.Status415UnsupportedMediaType => UnsupportedMediaType(),
        StatusCodes.Status429TooManyRequests => TooManyRequests(TimeSpan.FromMinutes(1)),
        StatusCodes.Status503ServiceUnavailable => TemporarilyUnavailable(),
        >= 400 and < 500 => new(status, "request_refused", "The request was refused. Check it against the documentation."),
        _ => new(status, "internal_error", "Something is wrong on our side. Tell us the traceId."),
    };
}
