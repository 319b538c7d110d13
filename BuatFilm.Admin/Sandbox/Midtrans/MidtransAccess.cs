using System.Security.Cryptography;
using System.Text;

namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>Basic authentication as Midtrans wants it: the server key as the user, no password.</summary>
internal sealed class MidtransAccess(string serverKey)
{
    private readonly byte[] _expected = Encoding.UTF8.GetBytes(serverKey + ":");

    public bool Allows(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var given = new byte[header.Length];
        return Convert.TryFromBase64String(header["Basic ".Length..].Trim(), given, out var length)
            && CryptographicOperations.FixedTimeEquals(given.AsSpan(0, length), _expected);
    }
}
