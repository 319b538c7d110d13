using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace BuatFilm.Admin.Http;

/// <summary>Reads the body of a request that carries JSON.</summary>
internal static class JsonRequest
{
    private const string MediaType = "application/json";

    private static readonly byte[] EmptyObject = "{}"u8.ToArray();

    /// <summary>Reads it strictly: valid, in UTF-8, no duplicate members.</summary>
    /// <param name="isOptional">True takes no body for an empty object.</param>
    /// <returns>The document, which the caller disposes; or why it is refused.</returns>
    public static async Task<JsonReading> ReadAsync(HttpRequest request, int maxBytes, bool isOptional, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(request, maxBytes, cancellationToken);
        if (body.IsTooLarge)
        {
            return new JsonReading(null, Problems.BodyTooLarge(maxBytes));
        }

        var isMissing = body.Bytes.Length == 0 && isOptional;
        if (!isMissing && !IsJson(request))
        {
            return new JsonReading(null, Problems.UnsupportedMediaType());
        }

        return StrictJson.TryParse(isMissing ? EmptyObject : body.Bytes, out var document, out var defect)
            ? new JsonReading(document, null)
            : new JsonReading(null, Problems.Json(defect));
    }

    /// <summary>Reads the body, reads the request in it, and hands that on; a refusal of either is the answer.</summary>
    /// <param name="read">Such as <c>OrderDraft.TryRead</c>.</param>
    public static async Task<IResult> HandleAsync<T>(HttpRequest request, int maxBytes, bool isOptional, RequestReader<T> read, Func<T, Task<IResult>> handle, CancellationToken cancellationToken)
        where T : class
    {
        using var body = await ReadAsync(request, maxBytes, isOptional, cancellationToken);
        if (body.Refusal is { } refusal)
        {
            return refusal;
        }

        return read(body.Root, out var errors) is { } wish ? await handle(wish) : Problems.Validation(errors);
    }

    private static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}

/// <param name="errors">What is wrong, by the path of the member.</param>
/// <returns>Null when anything is wrong.</returns>
internal delegate T? RequestReader<T>(JsonElement request, out IReadOnlyDictionary<string, string[]> errors)
    where T : class;

/// <summary>What became of reading: exactly one of the two.</summary>
internal readonly record struct JsonReading(JsonDocument? Document, Problem? Refusal) : IDisposable
{
    public JsonElement Root => Document!.RootElement;

    public void Dispose() => Document?.Dispose();
}
