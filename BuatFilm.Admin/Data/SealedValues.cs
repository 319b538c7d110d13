using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace BuatFilm.Admin.Data;

/// <summary>Texts in rows that nobody but this app can read: links that let their reader in, in messages that wait to be sent.</summary>
/// <remarks>So a look into the outbox, on a page, by SQL or in a backup, lets nobody in.</remarks>
internal sealed class SealedValues(IDataProtectionProvider protection)
{
    /// <summary>What the name of a sealed value ends in; opened, it loses that.</summary>
    public const string Suffix = "Sealed";

    private readonly IDataProtector _protector = protection.CreateProtector("BuatFilm.SealedValues");

    public string Seal(string text) => _protector.Protect(text);

    /// <summary>The values with those that are sealed in plain.</summary>
    /// <exception cref="CryptographicException">One was sealed by somebody else, or the key is gone.</exception>
    public IReadOnlyDictionary<string, string> Open(IReadOnlyDictionary<string, string> values) =>
        values.Keys.Any(IsSealed)
            ? values.ToDictionary(pair => IsSealed(pair.Key) ? pair.Key[..^Suffix.Length] : pair.Key, pair => IsSealed(pair.Key) ? _protector.Unprotect(pair.Value) : pair.Value, StringComparer.Ordinal)
            : values;

    public static bool IsSealed(string key) => key.Length > Suffix.Length && key.EndsWith(Suffix, StringComparison.Ordinal);
}
