using System.Security.Claims;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;
using Npgsql;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>A person takes alerts on from a page: all of them or, when anything goes wrong, none; each with its own line on record.</summary>
internal sealed class AcknowledgeAlerts(Databases databases, RefusedActions refused, Wakes wakes)
{
    /// <summary>The most that one click takes on; all who write to the audit log wait for it.</summary>
    public const int MaxAtOnce = 500;

    public const string Permission = Permissions.AlertsAcknowledge;

    /// <summary>What is over by now, or somebody else's, stays as it is. Locked in the order of their numbers, so that two who take the same do not block each other for good.</summary>
    private const string Take = """
        with wanted as (
            select id from alerts where id = any($1) and acknowledged_at is null and resolved_at is null order by id for update)
        update alerts a set acknowledged_at = (select app_now()), acknowledged_by = $2
        from wanted where a.id = wanted.id
        returning a.id, a.kind
        """;

    /// <param name="ids">At most <see cref="MaxAtOnce"/>.</param>
    /// <param name="note">Shown with the alert, and in the audit log; null for none.</param>
    /// <returns>How many were taken on; null when the person may not.</returns>
    public async Task<int?> ExecuteAsync(ClaimsPrincipal? user, IReadOnlyCollection<long> ids, string? note, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ids.Count, MaxAtOnce, nameof(ids));

        var actor = Access.ActorOf(user);
        if (user?.May(Permission) != true)
        {
            refused.Note(actor, Permission, ids.Count == 1 ? TargetOf(ids.First()) : null, "forbidden");
            return null;
        }

        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var taken = await TakeAsync(connection, ids, actor, cancellationToken);
        foreach (var (id, kind) in taken)
        {
            var data = new Dictionary<string, object?>(StringComparer.Ordinal) { ["kind"] = kind };
            await AuditRows.AppendAsync(connection, actor, Permission, TargetOf(id), AuditOutcome.Done, note, data, null, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        wakes.Alerts.Wake();
        return taken.Count;
    }

    /// <summary>What the audit log calls an alert.</summary>
    internal static string TargetOf(long id) => FormattableString.Invariant($"alert:{id}");

    private static async Task<List<(long Id, string Kind)>> TakeAsync(NpgsqlConnection connection, IReadOnlyCollection<long> ids, string actor, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Take, connection) { Parameters = { new() { Value = ids.ToArray() }, new() { Value = actor } } };
        var taken = new List<(long, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            taken.Add((reader.GetInt64(0), reader.GetString(1)));
        }

        return taken;
    }
}
