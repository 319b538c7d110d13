using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;
using Npgsql;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>A program takes an alert on, by the ops API; once, and on record.</summary>
internal sealed class AcknowledgeAlert(Databases databases, Wakes wakes)
{
    /// <summary>The longest note, in characters.</summary>
    public const int MaxNote = 500;

    private const string Take = """
        update alerts set acknowledged_at = (select app_now()), acknowledged_by = $2
        where id = $1 and acknowledged_at is null
        returning kind
        """;

    private const string Exists = "select exists (select 1 from alerts where id = $1)";

    /// <param name="actor">As <c>Access.ActorOf</c> gives it.</param>
    /// <param name="note">Goes into the audit log; null for none.</param>
    /// <returns>False when there is no such alert. Somebody else's acknowledgement stands.</returns>
    public async Task<bool> ExecuteAsync(long id, string actor, string? note, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var take = new NpgsqlCommand(Take, connection) { Parameters = { new() { Value = id }, new() { Value = actor } } };
        if (await take.ExecuteScalarAsync(cancellationToken) is not string kind)
        {
            await using var exists = new NpgsqlCommand(Exists, connection) { Parameters = { new() { Value = id } } };
            return (bool)(await exists.ExecuteScalarAsync(cancellationToken))!;
        }

        var data = new Dictionary<string, object?>(StringComparer.Ordinal) { ["kind"] = kind };
        await AuditRows.AppendAsync(connection, actor, Permissions.AlertsAcknowledge, AcknowledgeAlerts.TargetOf(id), AuditOutcome.Done, note, data, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        wakes.Alerts.Wake();
        return true;
    }
}
