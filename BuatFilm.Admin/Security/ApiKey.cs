using System.Security.Cryptography;
using System.Text;

namespace BuatFilm.Admin.Security;

/// <summary>One caller that identifies itself by a key. The key itself is not kept, only its digest.</summary>
/// <param name="Name">1 to 64 letters, digits, dots, underscores or hyphens.</param>
/// <param name="Kind">Where it belongs.</param>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="Digest">SHA-256 of the key, 32 bytes.</param>
internal sealed record ApiKey(string Name, ApiKeyKind Kind, string Role, byte[] Digest)
{
    /// <summary>Of one that was made on the page; null for one of the settings.</summary>
    public Guid? Id { get; init; }

    public static byte[] DigestOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public static bool IsName(string name) =>
        name.Length is >= 1 and <= 64 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');
}

internal enum ApiKeyKind
{
    /// <summary>A shop that places orders.</summary>
    Storefront,

    /// <summary>A program that does what ops staff do.</summary>
    Ops,
}
