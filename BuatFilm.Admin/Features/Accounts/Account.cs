using Microsoft.AspNetCore.Identity;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Somebody of the staff. Never deleted, since the audit log names them; shut out instead.</summary>
/// <remarks>The mail address is the user name, and what the audit log calls them.</remarks>
public sealed class Account : IdentityUser<Guid>
{
    /// <summary>What colleagues call them; 1 to 100 characters.</summary>
    public required string DisplayName { get; set; }

    /// <summary>One of <c>Viewer</c>, <c>Operator</c>, <c>Finance</c> and <c>Admin</c>.</summary>
    public required string Role { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null until the first time.</summary>
    public DateTimeOffset? LastSignInAt { get; private set; }

    /// <summary>Since when an Admin has shut them out; null while they may sign in.</summary>
    public DateTimeOffset? DisabledAt { get; private set; }
}
