using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>What a link in a mail is for; each has a lifetime of its own.</summary>
public enum LinkPurpose
{
    /// <summary>To set the first password.</summary>
    Invitation,

    /// <summary>To set another one.</summary>
    Reset,
}

/// <summary>How long an invitation may lie in somebody's mailbox.</summary>
internal sealed class InvitationTokenOptions : DataProtectionTokenProviderOptions
{
    public InvitationTokenOptions() => (Name, TokenLifespan) = (InvitationTokens.Name, TimeSpan.FromDays(7));
}

internal sealed class InvitationTokens(IDataProtectionProvider protection, IOptions<InvitationTokenOptions> options, ILogger<DataProtectorTokenProvider<Account>> logger)
    : DataProtectorTokenProvider<Account>(protection, options, logger)
{
    public new const string Name = "invitation";
}

internal sealed class ResetTokenOptions : DataProtectionTokenProviderOptions
{
    public ResetTokenOptions() => (Name, TokenLifespan) = (ResetTokens.Name, TimeSpan.FromHours(1));
}

internal sealed class ResetTokens(IDataProtectionProvider protection, IOptions<ResetTokenOptions> options, ILogger<DataProtectorTokenProvider<Account>> logger)
    : DataProtectorTokenProvider<Account>(protection, options, logger)
{
    public new const string Name = "reset";
}

internal static class LinkPurposes
{
    public static string Provider(this LinkPurpose purpose) => purpose switch
    {
        LinkPurpose.Invitation => InvitationTokens.Name,
        LinkPurpose.Reset => ResetTokens.Name,
    };

    public static TimeSpan Lifetime(this LinkPurpose purpose) => purpose switch
    {
        LinkPurpose.Invitation => new InvitationTokenOptions().TokenLifespan,
        LinkPurpose.Reset => new ResetTokenOptions().TokenLifespan,
    };

    /// <summary>The kind of the outbox message that carries it.</summary>
    public static string MessageKind(this LinkPurpose purpose) => purpose switch
    {
        LinkPurpose.Invitation => "account_invitation",
        LinkPurpose.Reset => "account_reset",
    };
}
