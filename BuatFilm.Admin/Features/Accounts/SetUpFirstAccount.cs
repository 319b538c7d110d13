using BuatFilm.Admin.Data;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;
using Npgsql;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Makes the first Admin, once, whoever else tries at the same time.</summary>
internal sealed class SetUpFirstAccount(Databases databases, Passwords passwords)
{
    public const string Action = "account:set-up";

    // Else two, each with a link of its own, would wait for each other's.
    private const string OneAtATime = "select pg_advisory_xact_lock(hashtextextended('first_account', 0))";

    private const string UseLink = "delete from account_links where digest = $1 and purpose = 'setup' and expires_at > (select app_now())";

    private const string Create = """
        insert into users (name, normalized_name, role, is_first, locale, user_name, normalized_user_name, email, normalized_email, email_confirmed, password_hash, security_stamp, concurrency_stamp)
        select $1, $2, 'Admin', true, $3, $4, $5, $4, $5, true, $6, $7, $7
        where not exists (select 1 from users)
        on conflict do nothing
        returning id
        """;

    /// <param name="token">Of the link that the start printed; null for the settings, which need none.</param>
    /// <param name="email">Valid.</param>
    /// <param name="password">Valid.</param>
    /// <returns>The account; null when there is one already, or the link is not good.</returns>
    public async Task<Guid?> ExecuteAsync(string? token, string name, string email, string password, string locale, bool isUnattended, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var wait = new NpgsqlCommand(OneAtATime, connection))
        {
            await wait.ExecuteNonQueryAsync(cancellationToken);
        }

        if (!isUnattended)
        {
            await using var use = new NpgsqlCommand(UseLink, connection) { Parameters = { new() { Value = LinkToken.DigestOf(token) } } };
            if (await use.ExecuteNonQueryAsync(cancellationToken) == 0)
            {
                return null;
            }
        }

        await using var create = new NpgsqlCommand(Create, connection);
        create.Parameters.Add(new() { Value = name });
        create.Parameters.Add(new() { Value = name.ToUpperInvariant() });
        create.Parameters.Add(new() { Value = locale });
        create.Parameters.Add(new() { Value = email });
        create.Parameters.Add(new() { Value = SignInAccount.Normal(email) });
        create.Parameters.Add(new() { Value = passwords.Hash(password) });
        create.Parameters.Add(new() { Value = AccountRows.NewStamp() });
        if (await create.ExecuteScalarAsync(cancellationToken) is not Guid id)
        {
            return null;
        }

        await using (var end = new NpgsqlCommand("delete from account_links where purpose = 'setup'", connection))
        {
            await end.ExecuteNonQueryAsync(cancellationToken);
        }

        var data = new Dictionary<string, object?> { ["name"] = name, ["role"] = Roles.Admin, ["unattended"] = isUnattended };
        await AuditRows.AppendAsync(connection, isUnattended ? Access.SystemActor : name, Action, AccountRows.Target(id), AuditOutcome.Done, null, data, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return id;
    }

    /// <summary>True for a link that still makes the first account.</summary>
    public async Task<bool> IsGoodAsync(string? token, CancellationToken cancellationToken)
    {
        await using var command = databases.Pages.CreateCommand("select exists (select 1 from account_links where digest = $1 and purpose = 'setup' and expires_at > (select app_now())) and not exists (select 1 from users)");
        command.Parameters.Add(new() { Value = LinkToken.DigestOf(token) });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
