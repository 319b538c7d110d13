using System.Text.Json;
using BuatFilm.Admin.Data;
using BuatFilm.Core;
using BuatFilm.Core.Accounts;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>The statements that several use cases share; each runs in its caller's transaction.</summary>
internal static class AccountRows
{
    /// <summary>The constraint that keeps an Admin.</summary>
    public const string KeepAnAdmin = "users_keep_an_admin";

    public const string InvitationMail = "account_invitation";
    public const string ResetMail = "account_reset";

    /// <summary>How long links are good.</summary>
    public static readonly TimeSpan InvitationLasts = TimeSpan.FromDays(7);
    public static readonly TimeSpan ResetLasts = TimeSpan.FromHours(1);

    private const string Link = "insert into account_links (digest, purpose, user_id, expires_at) values ($1, $2, $3, (select app_now()) + $4) returning expires_at";

    private const string Unlink = """
        delete from account_links l using users u
        where l.digest = $1 and l.purpose = $2 and l.expires_at > (select app_now()) and u.id = l.user_id and u.locked_at is null
        returning l.user_id
        """;

    private const string Mail = """
        with message as (
            insert into notification_outbox (kind, channel, recipient, locale, data, max_attempts) values ($1, 'email', $2, $3, $4, 8)
            returning id, channel, max_attempts, created_at)
        insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit)
        select id, channel, created_at, 0, max_attempts from message
        """;

    private const string NewPassword = """
        update users
        set password_hash = $2, security_stamp = $3, concurrency_stamp = $3, access_failed_count = 0, lockout_end = null, email_confirmed = true
        where id = $1 and locked_at is null
        returning name
        """;

    /// <summary>What tells sessions apart that began before and after a change; in the form that Identity gives it.</summary>
    public static string NewStamp() => Guid.NewGuid().ToString("N");

    public static string Target(Guid id) => $"user:{id}";

    /// <summary>Keeps a link's digest.</summary>
    /// <returns>Until when it is good.</returns>
    public static async Task<DateTimeOffset> AddLinkAsync(NpgsqlConnection connection, string token, AccountLinkPurpose purpose, Guid? userId, TimeSpan lasts, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Link, connection);
        command.Parameters.Add(new() { Value = LinkToken.DigestOf(token) });
        command.Parameters.Add(new() { Value = WireName<AccountLinkPurpose>.Of(purpose) });
        command.Parameters.Add(new() { Value = (object?)userId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = lasts });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.Instant(0);
    }

    /// <summary>Uses a link up. Of two at once, the second finds it gone.</summary>
    /// <returns>Whose it was; null when it is not good, or its account is locked.</returns>
    public static async Task<Guid?> UseLinkAsync(NpgsqlConnection connection, string? token, AccountLinkPurpose purpose, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Unlink, connection);
        command.Parameters.Add(new() { Value = LinkToken.DigestOf(token) });
        command.Parameters.Add(new() { Value = WireName<AccountLinkPurpose>.Of(purpose) });
        return (Guid?)await command.ExecuteScalarAsync(cancellationToken);
    }

    public static async Task EndLinksAsync(NpgsqlConnection connection, Guid userId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("delete from account_links where user_id = $1", connection) { Parameters = { new() { Value = userId } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Puts a mail into the outbox. The caller wakes it after the commit.</summary>
    public static async Task SendAsync(NpgsqlConnection connection, string kind, string recipient, string locale, IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Mail, connection);
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = recipient });
        command.Parameters.Add(new() { Value = locale });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(data), NpgsqlDbType = NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Gives somebody another password, which ends all their sessions and links.</summary>
    /// <returns>Their name; null when the account is locked.</returns>
    public static async Task<string?> SetPasswordAsync(NpgsqlConnection connection, Guid id, string hash, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(NewPassword, connection) { Parameters = { new() { Value = id }, new() { Value = hash }, new() { Value = NewStamp() } } };
        var name = (string?)await command.ExecuteScalarAsync(cancellationToken);
        await EndLinksAsync(connection, id, cancellationToken);
        return name;
    }
}
