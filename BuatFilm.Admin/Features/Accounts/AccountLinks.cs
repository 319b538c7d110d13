using System.Globalization;
using System.Text;
using System.Text.Json;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Settings;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>The links by which people set their passwords: made, put into a mail of the outbox, and checked.</summary>
internal sealed class AccountLinks(
    UserManager<Account> accounts,
    SealedTexts sealedTexts,
    IOptions<PublicAddress> publicAddress,
    IServer server,
    IHostEnvironment environment,
    TimeProvider time,
    Wakes wakes)
{
    public const string Path = "/account/password";

    private const int MaxAttempts = 8;

    private const string Add = """
        with message as (
            insert into notification_outbox (kind, channel, recipient, locale, data, max_attempts)
            values ($1, 'email', $2, $3, $4, $5)
            returning id, channel, max_attempts, created_at)
        insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit)
        select id, channel, created_at, 0, max_attempts from message
        """;

    /// <summary>False when nobody could follow a link: <c>PublicBaseUrl</c> is not set.</summary>
    public bool CanBeFollowed => BaseAddress is not null;

    private string? BaseAddress => publicAddress.Value.Link("/")?.ToString().TrimEnd('/')
        ?? (environment.IsDevelopment() ? server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()?.TrimEnd('/') : null);

    /// <summary>Puts the mail with a fresh link into the outbox, within the caller's transaction. The link itself is sealed: who reads the outbox cannot use it.</summary>
    public async Task SendAsync(NpgsqlConnection connection, Guid id, LinkPurpose purpose, CancellationToken cancellationToken)
    {
        var account = await accounts.FindByIdAsync(id.ToString()) ?? throw new InvalidOperationException("The account is gone.");
        await SendAsync(connection, account, purpose, cancellationToken);
    }

    /// <inheritdoc cref="SendAsync(NpgsqlConnection, Guid, LinkPurpose, CancellationToken)"/>
    public async Task SendAsync(NpgsqlConnection connection, Account account, LinkPurpose purpose, CancellationToken cancellationToken)
    {
        var token = await accounts.GenerateUserTokenAsync(account, purpose.Provider(), purpose.Provider());
        var link = $"{BaseAddress}{Path}?account={account.Id}&for={purpose.Provider()}&token={WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(token))}";
        var data = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["displayName"] = account.DisplayName,
            ["expiresAt"] = (time.GetUtcNow() + purpose.Lifetime()).ToString("O", CultureInfo.InvariantCulture),
            ["sealedLink"] = sealedTexts.Seal(link),
        };
        await using var command = new NpgsqlCommand(Add, connection);
        command.Parameters.Add(new() { Value = purpose.MessageKind() });
        command.Parameters.Add(new() { Value = account.Email! });
        command.Parameters.Add(new() { Value = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" ? "en" : "id" });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(data), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = MaxAttempts });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>After the commit.</summary>
    public void Wake() => wakes.Outbox.Wake();

    /// <returns>The account that the link was sent to; null when it is not a link of ours, too old, used, or the account is shut out.</returns>
    public async Task<Account?> FindAsync(string? id, LinkPurpose purpose, string? token)
    {
        if (!Guid.TryParse(id, out _) || string.IsNullOrEmpty(token) || await accounts.FindByIdAsync(id) is not { DisabledAt: null } account)
        {
            return null;
        }

        try
        {
            var text = Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(token));
            return await accounts.VerifyUserTokenAsync(account, purpose.Provider(), purpose.Provider(), text) ? account : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
