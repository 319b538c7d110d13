using System.Globalization;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Core;
using BuatFilm.Core.Auditing;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BuatFilm.Admin.Features.Auditing;

/// <summary>What is looked for in the audit log; what is null does not matter.</summary>
internal sealed record AuditFilter(string? Actor, string? Action, string? Target);

/// <summary>One entry as the page lists it.</summary>
/// <param name="Data">A flat JSON object.</param>
internal sealed record AuditRow(long Id, DateTimeOffset At, string Actor, string Action, string? Target, AuditOutcome Outcome, string? Reason, string Data, Guid? OperationId);

/// <summary>One entry with its place in the chain.</summary>
/// <param name="Hash">In hexadecimal.</param>
/// <param name="IsAsWritten">True when the entry still has the digest that it was written with.</param>
/// <param name="FollowsThePrevious">True when it names the entry before it, and that one is there.</param>
public sealed record AuditRecord(
    long Id,
    DateTimeOffset At,
    string Actor,
    string Action,
    string? Target,
    AuditOutcome Outcome,
    string? Reason,
    string Data,
    Guid? OperationId,
    string Hash,
    bool IsAsWritten,
    bool FollowsThePrevious);

/// <summary>Reads the audit log.</summary>
internal sealed class AuditQueries(IDbContextFactory<AdminDbContext> contexts, Databases databases)
{
    private const string FindSql = $"""
        select id, at, actor, action, target, outcome, reason, data::text, operation_id, encode(hash, 'hex'), hash = {VerifyAudit.Digest},
               prev_hash = coalesce((select b.hash from audit_log b where b.id = a.id - 1), ''::bytea)
               and (a.id = 1 or exists (select 1 from audit_log b where b.id = a.id - 1))
        from audit_log a where id = $1
        """;

    /// <summary>As the filters <c>actor</c>, <c>action</c>, <c>target</c>, <c>outcome</c> and <c>at</c> want it; newest first.</summary>
    public async Task<PagedRows<AuditRow>> ReadAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var entries = Where(context, query);
        if (query.Cursor is { } cursor)
        {
            if (!Cursor.TryRead(cursor, 1, out var parts) || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var before))
            {
                return PagedRows<AuditRow>.UnknownCursor;
            }

            entries = entries.Where(entry => entry.Id < before);
        }

        var rows = await entries.OrderByDescending(entry => entry.Id).Take(query.Size + 1)
            .Select(entry => new AuditRow(entry.Id, entry.At, entry.Actor, entry.Action, entry.Target, entry.Outcome, entry.Reason, entry.Data, entry.OperationId))
            .ToListAsync(cancellationToken);
        var page = rows.ToPage(query.Size, row => Cursor.Of(row.Id.ToString(CultureInfo.InvariantCulture)));
        return new PagedRows<AuditRow>(page.Items, page.NextCursor);
    }

    /// <summary>How many match, up to <see cref="PagedRows.CountedUpTo"/>.</summary>
    public async Task<long> CountAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await Where(context, query).Take((int)PagedRows.CountedUpTo).LongCountAsync(cancellationToken);
    }

    /// <returns>Null when there is no such entry.</returns>
    public async Task<AuditRecord?> FindAsync(long id, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        return (await connection.ListAsync(FindSql, Read, cancellationToken, id)).SingleOrDefault();
    }

    private static AuditRecord Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.Instant(1), reader.GetString(2), reader.GetString(3), reader.Text(4), WireName<AuditOutcome>.Parse(reader.GetString(5)), reader.Text(6),
        reader.GetString(7), reader.IsDBNull(8) ? null : reader.GetGuid(8), reader.GetString(9), reader.GetBoolean(10), reader.GetBoolean(11));

    // People know a part of a name; whoever asks for all of few entries reads the log to its end, which is small beside all others.
    private static IQueryable<AuditEntry> Where(AdminDbContext context, PagedQuery query)
    {
        var entries = context.Set<AuditEntry>().AsNoTracking();
        entries = Part(query["actor"]) is { } actor ? entries.Where(entry => EF.Functions.ILike(entry.Actor, actor, Escape)) : entries;
        entries = query["action"] is { } action ? entries.Where(entry => entry.Action == action) : entries;
        entries = Part(query["target"]) is { } target ? entries.Where(entry => EF.Functions.ILike(entry.Target!, target, Escape)) : entries;
        entries = WireName<AuditOutcome>.TryParse(query["outcome"], out var outcome) ? entries.Where(entry => entry.Outcome == outcome) : entries;
        entries = query.From("at") is { } from ? entries.Where(entry => entry.At >= from) : entries;
        return query.Before("at") is { } before ? entries.Where(entry => entry.At < before) : entries;
    }

    private const string Escape = "\\";

    private static string? Part(string? text) =>
        text is null ? null : $"%{text.Replace(Escape, Escape + Escape, StringComparison.Ordinal).Replace("%", Escape + "%", StringComparison.Ordinal).Replace("_", Escape + "_", StringComparison.Ordinal)}%";

    /// <summary>Entries that fit, newest first.</summary>
    /// <param name="before">The last id of the page before; null for the first page.</param>
    /// <param name="limit">At the most so many.</param>
    public async Task<List<AuditEntry>> ListAsync(AuditFilter filter, long? before, int limit, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var entries = context.Set<AuditEntry>().AsNoTracking();
        entries = filter.Actor is { } actor ? entries.Where(entry => entry.Actor == actor) : entries;
        entries = filter.Action is { } action ? entries.Where(entry => entry.Action == action) : entries;
        entries = filter.Target is { } target ? entries.Where(entry => entry.Target == target) : entries;
        entries = before is { } id ? entries.Where(entry => entry.Id < id) : entries;

        return await entries.OrderByDescending(entry => entry.Id).Take(limit).ToListAsync(cancellationToken);
    }
}
