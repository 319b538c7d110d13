using BuatFilm.Admin.Security;

namespace BuatFilm.Admin.Features.ApiKeys;

/// <summary>A key that was made on the page. Revoked ones stay: the audit log and orders name them.</summary>
internal sealed class StoredApiKey
{
    public Guid Id { get; init; }

    public string Name { get; init; } = "";

    public ApiKeyKind Kind { get; init; }

    /// <summary>One of <see cref="Roles"/>.</summary>
    public string Role { get; init; } = "";

    /// <summary>SHA-256 of the key.</summary>
    public byte[] Digest { get; init; } = [];

    /// <summary>The key's first characters, so that people can tell two of one name apart.</summary>
    public string Hint { get; init; } = "";

    public string CreatedBy { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public string? RevokedBy { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}
