using System.Security.Cryptography;
using System.Text;

namespace BuatFilm.Core.Payments;

/// <summary>Midtrans' proof: SHA-512 over order id, status code, gross amount and the server key.</summary>
/// <remarks>
/// It covers nothing else: not the transaction status, not the transaction id, not refunds, and no time.
/// See the HTTP notification page of Midtrans' documentation.
/// </remarks>
public static class MidtransSignature
{
    /// <summary>True when one of the keys made the signature. Two keys are in force while one is being replaced.</summary>
    /// <param name="orderId">As it stands in the body; also the other two: reformatting an amount breaks the hash.</param>
    public static bool IsValid(string orderId, string statusCode, string grossAmount, string? signatureKey, params IEnumerable<string?> serverKeys)
    {
        Span<byte> given = stackalloc byte[SHA512.HashSizeInBytes];
        if (signatureKey is not { Length: SHA512.HashSizeInBytes * 2 }
            || Convert.FromHexString(signatureKey, given, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        var valid = false;
        Span<byte> expected = stackalloc byte[SHA512.HashSizeInBytes];
        foreach (var key in serverKeys)
        {
            if (string.IsNullOrEmpty(key))
            {
                continue;
            }

            SHA512.HashData(Encoding.UTF8.GetBytes(string.Concat(orderId, statusCode, grossAmount, key)), expected);
            valid |= CryptographicOperations.FixedTimeEquals(given, expected);
        }

        return valid;
    }
}
