using System.Security.Claims;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Keeps somebody out, from within a minute on, until they are unlocked. Their links end too.</summary>
internal sealed class LockAccount(AccountChanges changes)
{
    private const string Lock = """
        update users set locked_at = (select app_now()), security_stamp = $2, concurrency_stamp = $2
        where id = $1 and locked_at is null
        returning name, 'open', 'locked'
        """;

    public Task<AccountChangeOutcome> ExecuteAsync(ClaimsPrincipal by, Guid id, CancellationToken cancellationToken) =>
        changes.RunAsync(by, "lock", id, Lock, [id, AccountRows.NewStamp()], cancellationToken, connection => AccountRows.EndLinksAsync(connection, id, cancellationToken));
}

/// <summary>Lets somebody in again whom an Admin locked, or whom too many wrong passwords keep out for a while.</summary>
internal sealed class UnlockAccount(AccountChanges changes)
{
    private const string Unlock = """
        update users u set locked_at = null, access_failed_count = 0, lockout_end = null
        from (select id, locked_at is not null as was_locked from users where id = $1 for update) old
        where u.id = old.id and (u.locked_at is not null or u.lockout_end is not null)
        returning u.name, case when old.was_locked then 'locked' else 'paused' end, 'open'
        """;

    public Task<AccountChangeOutcome> ExecuteAsync(ClaimsPrincipal by, Guid id, CancellationToken cancellationToken) =>
        changes.RunAsync(by, "unlock", id, Unlock, [id], cancellationToken);
}
