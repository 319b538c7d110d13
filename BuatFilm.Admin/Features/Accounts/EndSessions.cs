using System.Security.Claims;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;
using Npgsql;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Signs somebody out on every device: an Admin anybody, and everybody oneself.</summary>
internal sealed class EndSessions(AccountChanges changes, Databases databases)
{
    public const string Action = "account:end-sessions";

    private const string End = "update users set security_stamp = $2, concurrency_stamp = $2 where id = $1 returning name, null::text, null::text";

    public Task<AccountChangeOutcome> ExecuteAsync(ClaimsPrincipal by, Guid id, CancellationToken cancellationToken) =>
        changes.RunAsync(by, "end_sessions", id, End, [id, AccountRows.NewStamp()], cancellationToken);

    /// <summary>One's own.</summary>
    public async Task OfOneselfAsync(ClaimsPrincipal by, CancellationToken cancellationToken)
    {
        var id = Guid.Parse(by.FindFirstValue(ClaimTypes.NameIdentifier)!);
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var end = new NpgsqlCommand(End, connection) { Parameters = { new() { Value = id }, new() { Value = AccountRows.NewStamp() } } })
        {
            await end.ExecuteNonQueryAsync(cancellationToken);
        }

        await AuditRows.AppendAsync(connection, Access.ActorOf(by), Action, AccountRows.Target(id), AuditOutcome.Done, null, new Dictionary<string, object?>(), null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
