using Microsoft.AspNetCore.Identity;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>A person who signs in.</summary>
/// <remarks>Nobody is ever deleted: the audit log names them. Written by the statements in <c>AccountRows</c>.</remarks>
internal sealed class Account : IdentityUser<Guid>
{
    /// <summary>As the audit log and everybody's pages call them; unique.</summary>
    public string Name { get; init; } = "";

    /// <summary>In upper case, for comparing.</summary>
    public string NormalizedName { get; init; } = "";

    /// <summary>One of <c>Roles</c>, never Storefront.</summary>
    public string Role { get; init; } = "";

    /// <summary>True for the one that set-up made; the database takes no second.</summary>
    public bool IsFirst { get; init; }

    /// <summary>The language of mails to them: <c>id</c> or <c>en</c>.</summary>
    public string Locale { get; init; } = "id";

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When an Admin locked the account; null while it is not.</summary>
    public DateTimeOffset? LockedAt { get; init; }

    public DateTimeOffset? LastSignInAt { get; init; }
}

/// <summary>A link that does one thing once. The token in it is not kept, only its digest.</summary>
internal sealed class AccountLink
{
    /// <summary>SHA-256 of the token.</summary>
    public byte[] Digest { get; init; } = [];

    public Core.Accounts.AccountLinkPurpose Purpose { get; init; }

    /// <summary>Whose; null for set-up, when there is nobody yet.</summary>
    public Guid? UserId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }
}
