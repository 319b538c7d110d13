using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuatFilm.Admin.Sandbox.Http;

/// <summary>Reads what a client sent to a stand-in.</summary>
internal static class RequestBody
{
    // Else a body with a member twice would fail only where that member is first looked for.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The body as a JSON object; null when it is not one, or when it is larger than <paramref name="maxBytes"/>.</summary>
    public static async Task<JsonObject?> ReadObjectAsync(
        HttpContext context,
        CancellationToken cancellationToken,
        int maxBytes = 64 * 1024)
    {
        var bytes = await ReadBytesAsync(context, maxBytes, cancellationToken);
        if (bytes is null)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(bytes, documentOptions: Strict) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The member as text; null when it is missing or no string.</summary>
    public static string? Text(this JsonObject? body, string name) =>
        body?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>The member as an object; null when it is missing or something else.</summary>
    public static JsonObject? Object(this JsonObject? body, string name) => body?[name] as JsonObject;

    /// <summary>The member as a whole number, also where it is written as <c>1000.0</c> or in exponents; null otherwise.</summary>
    public static long? WholeNumber(this JsonObject? body, string name)
    {
        if (body?[name] is not JsonValue value || value.GetValueKind() != JsonValueKind.Number)
        {
            return null;
        }

        return value.TryGetValue<decimal>(out var number) && decimal.Truncate(number) == number && decimal.Abs(number) <= 1_000_000_000_000_000m
            ? (long)number
            : null;
    }

    private static async Task<byte[]?> ReadBytesAsync(HttpContext context, int maxBytes, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[8192];

        int read;
        while ((read = await context.Request.Body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (buffer.Length + read > maxBytes)
            {
                return null;
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }
}
