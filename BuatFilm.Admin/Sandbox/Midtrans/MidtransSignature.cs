using System.Security.Cryptography;
using System.Text;

namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>Midtrans' signature of a notification.</summary>
/// <remarks>Written a second time on purpose: a stand-in that shared the app's code would share its mistakes.</remarks>
internal static class MidtransSignature
{
    /// <returns>Lower-case hex of SHA-512 over the four strings, put together without a separator.</returns>
    public static string Of(string orderId, string statusCode, string grossAmount, string serverKey) =>
        Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(orderId + statusCode + grossAmount + serverKey)));
}
