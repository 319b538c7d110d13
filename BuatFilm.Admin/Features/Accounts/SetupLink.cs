using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>The link that lets whoever started the app make the first account. Worth nothing once there is one.</summary>
/// <remarks>Sealed with the keys that all nodes share, so that any node takes it; nothing of it is stored.</remarks>
internal sealed class SetupLink(IDataProtectionProvider protection)
{
    public const string Path = "/account/setup";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("BuatFilm.Admin.SetupLink").ToTimeLimitedDataProtector();

    /// <summary>The path and its token, made anew.</summary>
    public string Create() => $"{Path}?token={WebEncoders.Base64UrlEncode(_protector.Protect(RandomNumberGenerator.GetBytes(16), Lifetime))}";

    /// <summary>True for a token of ours that is not a day old.</summary>
    public bool IsGood(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return false;
        }

        try
        {
            _protector.Unprotect(WebEncoders.Base64UrlDecode(token));
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            return false;
        }
    }
}
