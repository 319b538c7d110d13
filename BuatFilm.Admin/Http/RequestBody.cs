using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace BuatFilm.Admin.Http;

/// <summary>Reads the body of a request as bytes.</summary>
internal static class RequestBody
{
    /// <summary>Reads all of it once, whether or not its length was announced, and stops as soon as it is too long.</summary>
    /// <exception cref="BadHttpRequestException">The body ended early, or came too slowly.</exception>
    public static async Task<BodyReading> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
        {
            return BodyReading.TooLarge;
        }

        var reader = request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            if (result.Buffer.Length > maxBytes)
            {
                reader.AdvanceTo(result.Buffer.End);
                return BodyReading.TooLarge;
            }

            if (result.IsCompleted)
            {
                var bytes = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return new BodyReading(bytes);
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}

/// <summary>What became of reading a body.</summary>
/// <param name="Bytes">The body; null when it was longer than allowed.</param>
internal readonly record struct BodyReading(byte[]? Bytes)
{
    public static BodyReading TooLarge => default;

    [MemberNotNullWhen(false, nameof(Bytes))]
    public bool IsTooLarge => Bytes is null;
}
