using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BuatFilm.Core.Idempotency;

/// <summary>Tells whether two requests under one key ask for the same.</summary>
public static class Fingerprint
{
    /// <summary>SHA-256 over scope, media type and canonical JSON; 32 bytes.</summary>
    /// <param name="scope">Who asks for what: <c>client|METHOD|route</c>.</param>
    /// <param name="mediaType">Such as <c>application/json</c>, without parameters; letter case does not matter.</param>
    /// <param name="body">The request, free of duplicate members and of halved surrogates.</param>
    public static byte[] Of(string scope, string mediaType, JsonElement body)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(mediaType);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Encoding.UTF8.GetBytes(scope));
        Append(hash, Encoding.UTF8.GetBytes(mediaType.ToLowerInvariant()));
        Append(hash, CanonicalJson.Of(body).Span);

        return hash.GetHashAndReset();
    }

    // The length goes first, so that no two lists of parts run together into the same bytes.
    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
