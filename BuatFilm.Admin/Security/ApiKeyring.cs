using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace BuatFilm.Admin.Security;

/// <summary>The keys that open the API: those of the settings, and those made on the page, which whoever keeps them hands in.</summary>
/// <remarks>All in memory, so that a caller is known while the database is away.</remarks>
internal sealed class ApiKeyring(IOptions<ApiKeyOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _uses = new();
    private readonly ApiKey[] _configured =
    [
        .. options.Value.Storefront.Select(pair => new ApiKey(pair.Key, ApiKeyKind.Storefront, Roles.Storefront, ApiKey.DigestOf(pair.Value))),
        .. options.Value.Ops.Select(pair => new ApiKey(pair.Key, ApiKeyKind.Ops, Roles.Operator, ApiKey.DigestOf(pair.Value))),
    ];

    private volatile ApiKey[] _stored = [];

    /// <summary>Replaces the keys that the database holds; a revoked one ends here.</summary>
    public void Load(IEnumerable<ApiKey> stored) => _stored = [.. stored];

    /// <summary>When keys that were made on the page were used last, since this was asked before.</summary>
    public IReadOnlyDictionary<Guid, DateTimeOffset> TakeUses()
    {
        var taken = new Dictionary<Guid, DateTimeOffset>();
        foreach (var id in _uses.Keys)
        {
            if (_uses.TryRemove(id, out var at))
            {
                taken[id] = at;
            }
        }

        return taken;
    }

    /// <summary>Reads the key of a request from <c>Authorization: Bearer</c> or <c>X-Api-Key</c>, and finds whose it is.</summary>
    public ApiKeyReading Read(IHeaderDictionary headers)
    {
        var bearer = Bearer(headers.Authorization);
        var header = headers["X-Api-Key"];
        if (bearer.Count == 0 && header.Count == 0)
        {
            return ApiKeyReading.Missing;
        }

        // Repeated, or two different ones: whichever were chosen, a proxy before us may have chosen the other.
        var presented = StringValues.Concat(bearer, header).Distinct(StringComparer.Ordinal).ToArray();
        if (bearer.Count > 1 || header.Count > 1 || presented is not [{ Length: >= 1 and <= ApiKeyOptions.MaxLength } key])
        {
            return ApiKeyReading.Invalid;
        }

        if (Find(key) is not { } found)
        {
            return ApiKeyReading.Invalid;
        }

        if (found.Id is { } id)
        {
            _uses[id] = time.GetUtcNow();
        }

        return new ApiKeyReading(found, WasGiven: true);
    }

    // Every key is compared, and in constant time: how long it takes tells nothing of how much was right.
    private ApiKey? Find(string key)
    {
        var digest = ApiKey.DigestOf(key);
        ApiKey? found = null;
        foreach (var candidate in _configured.Concat(_stored))
        {
            if (CryptographicOperations.FixedTimeEquals(digest, candidate.Digest))
            {
                found = candidate;
            }
        }

        return found;
    }

    private static StringValues Bearer(StringValues authorization)
    {
        const string scheme = "Bearer ";

        return authorization
            .Where(value => value is not null && value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            .Select(value => value![scheme.Length..].Trim())
            .ToArray();
    }
}

/// <summary>What a request says of its caller.</summary>
/// <param name="Key">The key it belongs to; null when none was given or none fits.</param>
/// <param name="WasGiven">True when the request carried something.</param>
internal readonly record struct ApiKeyReading(ApiKey? Key, bool WasGiven)
{
    public static ApiKeyReading Missing => new(null, WasGiven: false);

    public static ApiKeyReading Invalid => new(null, WasGiven: true);
}
