using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using BuatFilm.Core.Idempotency;

namespace BuatFilm.Admin.Http;

/// <summary>A refusal as <c>application/problem+json</c> (RFC 9457).</summary>
/// <param name="status">HTTP status, from 400.</param>
/// <param name="code">A word for programs; it never changes.</param>
/// <param name="title">A sentence for people that says what to do.</param>
internal sealed class Problem(int status, string code, string title) : IResult, IStatusCodeHttpResult
{
    public int Status => status;

    public string Code => code;

    public int? StatusCode => status;

    /// <summary>What is wrong with each field, by its path in the request.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>Members of this kind of problem alone, by their names in JSON (RFC 9457, 3.2); they must not be named as one of the others.</summary>
    public IReadOnlyDictionary<string, object>? Extensions { get; init; }

    /// <summary>When asking again makes sense; sent in whole seconds, rounded up, at least 1.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public Task ExecuteAsync(HttpContext httpContext) => JsonAnswer.WriteAsync(httpContext, ToAnswer(httpContext));

    /// <summary>The bytes of it, with the trace id of this request.</summary>
    public StoredAnswer ToAnswer(HttpContext context) => ToAnswer(Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier);

    /// <summary>The bytes of it, for an answer that is decided outside its request.</summary>
    public StoredAnswer ToAnswer(string traceId)
    {
        var body = new Body(title, status, code, traceId, Errors)
        {
            Extensions = Extensions?.ToDictionary(StringComparer.Ordinal),
        };
        IEnumerable<KeyValuePair<string, string>> headers = RetryAfter is { } wait
            ? [new("Retry-After", Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture))]
            : [];

        return new StoredAnswer(status, JsonAnswer.Headers("application/problem+json", headers), JsonSerializer.SerializeToUtf8Bytes(body, ApiJson.Options));
    }

    private sealed record Body(string Title, int Status, string Code, string TraceId, IReadOnlyDictionary<string, string[]>? Errors)
    {
        [JsonExtensionData]
        public IDictionary<string, object>? Extensions { get; init; }
    }
}
