namespace BuatFilm.Core.Accounts;

/// <summary>Whether somebody can sign in.</summary>
public enum AccountState
{
    /// <summary>Has not chosen a password yet.</summary>
    Invited,
    Active,

    /// <summary>Too many wrong passwords: for a quarter of an hour nobody gets in, whatever the password.</summary>
    Paused,

    /// <summary>An Admin locked the account, until one unlocks it.</summary>
    Locked,
}

/// <summary>What a link that came by mail, or that the start printed, is good for. Each is good once.</summary>
public enum AccountLinkPurpose
{
    /// <summary>Makes the very first account.</summary>
    Setup,

    /// <summary>Lets somebody who was invited choose a password.</summary>
    Invitation,

    /// <summary>Lets somebody who forgot theirs choose another.</summary>
    Reset,
}
