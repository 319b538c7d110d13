using System.Text.Json;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Sends whoever forgot their password a link. Nobody learns whether there was somebody to send it to.</summary>
internal sealed class RequestPasswordReset(Databases databases, SealedValues seals, OwnAddress address, Wakes wakes, ILogger<RequestPasswordReset> logger)
{
    public const string Path = "/account/reset-password";

    // One statement, whether there is somebody or not; one mail a minute and person, so that nobody can be flooded with them.
    private const string Ask = """
        with person as (
            select id, email, name, locale from users u
            where normalized_email = $1 and password_hash is not null and locked_at is null
              and not exists (select 1 from account_links l where l.user_id = u.id and l.purpose = 'reset' and l.created_at > (select app_now()) - interval '1 minute')),
        link as (
            insert into account_links (digest, purpose, user_id, expires_at)
            select $2, 'reset', id, (select app_now()) + $3 from person
            returning expires_at),
        message as (
            insert into notification_outbox (kind, channel, recipient, locale, data, max_attempts)
            select $4, 'email', email, locale, $5::jsonb || jsonb_build_object('name', name, 'expiresAt', to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')), 8
            from person, link
            returning id, channel, max_attempts, created_at),
        noted as (
            insert into audit_log (actor, action, target, outcome, data)
            select 'system', 'account:ask-reset', 'user:' || id, 'done', '{}' from person)
        insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit)
        select id, channel, created_at, 0, max_attempts from message
        """;

    public async Task ExecuteAsync(string? email, CancellationToken cancellationToken)
    {
        var token = LinkToken.New();
        if (address.Link($"{Path}?token={token}") is not { } link)
        {
            logger.LogWarning("Nobody can be sent a link for a new password: PublicBaseUrl is not set.");
            return;
        }

        var data = new Dictionary<string, string>(StringComparer.Ordinal) { ["link" + SealedValues.Suffix] = seals.Seal(link.AbsoluteUri) };
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var hurry = new NpgsqlCommand("set local synchronous_commit to off", connection))
        {
            await hurry.ExecuteNonQueryAsync(cancellationToken); // As at the sign-in: the disk would tell.
        }

        await using var ask = new NpgsqlCommand(Ask, connection);
        ask.Parameters.Add(new() { Value = SignInAccount.Normal(email) });
        ask.Parameters.Add(new() { Value = LinkToken.DigestOf(token) });
        ask.Parameters.Add(new() { Value = AccountRows.ResetLasts });
        ask.Parameters.Add(new() { Value = AccountRows.ResetMail });
        ask.Parameters.Add(new() { Value = JsonSerializer.Serialize(data), NpgsqlDbType = NpgsqlDbType.Jsonb });
        await ask.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        wakes.Outbox.Wake();
    }
}
