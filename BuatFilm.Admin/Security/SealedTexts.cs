using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace BuatFilm.Admin.Security;

/// <summary>Text that lies in a row where others may look, and that only the app may read, such as a link that lets somebody in.</summary>
internal sealed class SealedTexts(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("BuatFilm.Admin.SealedTexts");

    public string Seal(string text) => _protector.Protect(text);

    /// <returns>Null when it was not sealed here, or the key is gone.</returns>
    public string? Open(string sealedText)
    {
        try
        {
            return _protector.Unprotect(sealedText);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
