using BuatFilm.Admin.Data;
using BuatFilm.Core.Auditing;
using Microsoft.EntityFrameworkCore;

namespace BuatFilm.Admin.Features.Auditing;

/// <summary>What is looked for in the audit log; what is null does not matter.</summary>
internal sealed record AuditFilter(string? Actor, string? Action, string? Target);

/// <summary>Reads the audit log.</summary>
internal sealed class AuditQueries(IDbContextFactory<AdminDbContext> contexts)
{
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
