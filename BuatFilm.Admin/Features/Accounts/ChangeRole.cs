using System.Security.Claims;
using BuatFilm.Admin.Security;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Gives somebody another role. Their sessions end, so that no page of theirs keeps the old one.</summary>
internal sealed class ChangeRole(AccountChanges changes)
{
    private const string Change = """
        update users u set role = $2, security_stamp = $3, concurrency_stamp = $3
        from (select id, role from users where id = $1 for update) old
        where u.id = old.id and u.role <> $2
        returning u.name, old.role, u.role
        """;

    public Task<AccountChangeOutcome> ExecuteAsync(ClaimsPrincipal by, Guid id, string role, CancellationToken cancellationToken)
    {
        if (!Roles.OfPeople.Contains(role))
        {
            throw new ArgumentException($"'{role}' is no role of people.", nameof(role));
        }

        return changes.RunAsync(by, "role", id, Change, [id, role, AccountRows.NewStamp()], cancellationToken);
    }
}
