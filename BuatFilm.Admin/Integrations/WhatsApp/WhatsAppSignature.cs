using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace BuatFilm.Admin.Integrations.WhatsApp;

/// <summary>Proves that Meta sent something.</summary>
internal static class WhatsAppSignature
{
    private const string Prefix = "sha256=";

    /// <summary>Whether <c>X-Hub-Signature-256</c> fits the very bytes that came; compared in fixed time.</summary>
    /// <param name="header">Null when it is missing.</param>
    /// <param name="appSecret">Null or empty when there is none: then nothing fits.</param>
    public static bool IsValid(ReadOnlySpan<byte> body, string? header, string? appSecret)
    {
        if (string.IsNullOrEmpty(appSecret) || header is null || header.Length != Prefix.Length + (2 * HMACSHA256.HashSizeInBytes) || !header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(appSecret), body, expected);

        return Convert.FromHexString(header.AsSpan(Prefix.Length), given, out _, out _) == OperationStatus.Done && CryptographicOperations.FixedTimeEquals(given, expected);
    }

    /// <summary>Whether a token is the one that was agreed on; compared in fixed time, whatever its length.</summary>
    public static bool IsToken(string? given, string? agreed) =>
        !string.IsNullOrEmpty(agreed) && given is not null
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(agreed)));
}
