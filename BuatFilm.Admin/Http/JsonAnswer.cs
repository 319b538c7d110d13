using System.Text.Json;
using BuatFilm.Core.Idempotency;

namespace BuatFilm.Admin.Http;

/// <summary>An answer whose bytes are fixed before it is sent, so that it can be stored and sent again.</summary>
internal sealed class JsonAnswer(StoredAnswer stored) : IResult, IStatusCodeHttpResult
{
    public StoredAnswer Stored { get; } = stored;

    public int? StatusCode => Stored.Status;

    /// <summary>Writes the value down.</summary>
    /// <param name="headers">What belongs to the answer, such as <c>Location</c> or <c>Retry-After</c>; the media type comes by itself.</param>
    public static StoredAnswer Of<T>(int status, T body, params IEnumerable<KeyValuePair<string, string>> headers) =>
        new(status, Headers("application/json; charset=utf-8", headers), JsonSerializer.SerializeToUtf8Bytes(body, ApiJson.Options));

    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, Stored);

    /// <summary>Sends the bytes as they are.</summary>
    public static async Task WriteAsync(HttpContext context, StoredAnswer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers[name] = value;
        }

        response.ContentLength = answer.Body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(answer.Body, context.RequestAborted);
        }
    }

    internal static Dictionary<string, string> Headers(string mediaType, IEnumerable<KeyValuePair<string, string>> headers) =>
        new(headers, StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = mediaType };
}
