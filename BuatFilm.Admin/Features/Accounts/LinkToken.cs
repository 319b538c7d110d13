using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>What a link carries: 256 random bits, of which only the digest is kept.</summary>
internal static class LinkToken
{
    private const int Bytes = 32;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static byte[] DigestOf(string? token) => SHA256.HashData(Encoding.UTF8.GetBytes(token ?? ""));
}
