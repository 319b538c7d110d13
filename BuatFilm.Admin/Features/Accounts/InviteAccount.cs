using System.Globalization;
using System.Security.Claims;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Accounts;
using BuatFilm.Core.Auditing;
using Npgsql;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>How an invitation ended.</summary>
internal enum InvitationOutcome
{
    Sent,

    /// <summary>Whoever asked may not.</summary>
    Forbidden,
    NameTaken,
    EmailTaken,

    /// <summary><c>PublicBaseUrl</c> is not set: the link would lead nowhere.</summary>
    NoAddress,

    /// <summary>Nobody with an open invitation.</summary>
    NotInvited,
}

/// <summary>Makes an account without a password, and sends its person a link to choose one.</summary>
internal sealed class InviteAccount(Databases databases, AccountChanges changes, SealedValues seals, OwnAddress address, Wakes wakes)
{
    public const string Path = "/account/invitation";

    private const string Create = """
        insert into users (name, normalized_name, role, locale, user_name, normalized_user_name, email, normalized_email, security_stamp, concurrency_stamp)
        values ($1, $2, $3, $4, $5, $6, $5, $6, $7, $7)
        returning id
        """;

    private const string Again = "select email, name, role, locale from users where id = $1 and password_hash is null and locked_at is null for update";

    /// <param name="name">Clean and valid.</param>
    /// <param name="email">Valid.</param>
    /// <param name="locale">Of the mail: <c>id</c> or <c>en</c>.</param>
    public async Task<InvitationOutcome> ExecuteAsync(ClaimsPrincipal by, string name, string email, string role, string locale, CancellationToken cancellationToken)
    {
        if (!changes.MayManage(by, null))
        {
            return InvitationOutcome.Forbidden;
        }

        if (!Roles.OfPeople.Contains(role))
        {
            throw new ArgumentException($"'{role}' is no role of people.", nameof(role));
        }

        var token = LinkToken.New();
        if (address.Link($"{Path}?token={token}") is not { } link)
        {
            return InvitationOutcome.NoAddress;
        }

        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        Guid id;
        try
        {
            await using var create = new NpgsqlCommand(Create, connection);
            foreach (var value in (string[])[name, name.ToUpperInvariant(), role, locale, email, SignInAccount.Normal(email), AccountRows.NewStamp()])
            {
                create.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            id = (Guid)(await create.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return exception.ConstraintName == "ix_users_normalized_name" ? InvitationOutcome.NameTaken : InvitationOutcome.EmailTaken;
        }

        await SendAsync(connection, by, new Invited(id, email, name, role, locale), token, link, "invite", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        wakes.Outbox.Wake();
        return InvitationOutcome.Sent;
    }

    /// <summary>Sends the link again; the one of before is good no more.</summary>
    public async Task<InvitationOutcome> AgainAsync(ClaimsPrincipal by, Guid id, CancellationToken cancellationToken)
    {
        if (!changes.MayManage(by, AccountRows.Target(id)))
        {
            return InvitationOutcome.Forbidden;
        }

        var token = LinkToken.New();
        if (address.Link($"{Path}?token={token}") is not { } link)
        {
            return InvitationOutcome.NoAddress;
        }

        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var invited = (await connection.ListAsync(Again, reader => new Invited(id, reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)), cancellationToken, id)).FirstOrDefault();
        if (invited is null)
        {
            return InvitationOutcome.NotInvited;
        }

        await AccountRows.EndLinksAsync(connection, id, cancellationToken);
        await SendAsync(connection, by, invited, token, link, "invite_again", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        wakes.Outbox.Wake();
        return InvitationOutcome.Sent;
    }

    private async Task SendAsync(NpgsqlConnection connection, ClaimsPrincipal by, Invited invited, string token, Uri link, string change, CancellationToken cancellationToken)
    {
        var until = await AccountRows.AddLinkAsync(connection, token, AccountLinkPurpose.Invitation, invited.Id, AccountRows.InvitationLasts, cancellationToken);
        var data = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["name"] = invited.Name,
            ["role"] = invited.Role,
            ["by"] = Access.ActorOf(by),
            ["expiresAt"] = until.ToString("O", CultureInfo.InvariantCulture),
            ["link" + SealedValues.Suffix] = seals.Seal(link.AbsoluteUri),
        };
        await AccountRows.SendAsync(connection, AccountRows.InvitationMail, invited.Email, invited.Locale, data, cancellationToken);
        var audited = new Dictionary<string, object?>(StringComparer.Ordinal) { ["change"] = change, ["name"] = invited.Name, ["before"] = null, ["after"] = invited.Role };
        await AuditRows.AppendAsync(connection, Access.ActorOf(by), Permissions.UsersManage, AccountRows.Target(invited.Id), AuditOutcome.Done, null, audited, null, cancellationToken);
    }

    private sealed record Invited(Guid Id, string Email, string Name, string Role, string Locale);
}
