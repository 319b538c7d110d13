using BuatFilm.Admin.Data;
using BuatFilm.Core;
using BuatFilm.Core.Operations;
using BuatFilm.Core.Outbox;
using Microsoft.EntityFrameworkCore;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>Reads operations and their receipts.</summary>
internal sealed class OperationQueries(IDbContextFactory<AdminDbContext> contexts)
{
    /// <summary>Operations, newest first.</summary>
    /// <param name="before">The last one of the page before; null for the first page.</param>
    /// <param name="limit">At the most so many.</param>
    public async Task<List<Operation>> ListAsync(OperationState? state, (DateTimeOffset CreatedAt, Guid Id)? before, int limit, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var operations = context.Set<Operation>().AsNoTracking();
        if (state is { } wanted)
        {
            operations = operations.Where(operation => operation.State == wanted);
        }

        if (before is var (createdAt, id))
        {
            operations = operations.Where(operation => EF.Functions.LessThan(ValueTuple.Create(operation.CreatedAt, operation.Id), ValueTuple.Create(createdAt, id)));
        }

        return await operations
            .OrderByDescending(operation => operation.CreatedAt).ThenByDescending(operation => operation.Id)
            .Take(limit)
            .ToListAsync(cancellationToken);
    }

    /// <returns>Null when there is none.</returns>
    public async Task<Operation?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<Operation>().AsNoTracking().SingleOrDefaultAsync(operation => operation.Id == id, cancellationToken);
    }

    /// <summary>The receipt, in order.</summary>
    /// <param name="after">The last position of the page before; 0 for the first page.</param>
    /// <param name="limit">At the most so many.</param>
    public async Task<List<ReceiptLine>> ReceiptAsync(Guid id, OperationItemState? state, int after, int limit, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var items = context.Set<OperationItem>().Where(item => item.OperationId == id && item.Position > after);
        if (state is { } wanted)
        {
            items = items.Where(item => item.State == wanted);
        }

        var rows = await items
            .OrderBy(item => item.Position)
            .Take(limit)
            .LeftJoin(context.Set<OutboxMessage>(), item => item.TargetId, message => message.Id, (item, message) => new { item, message })
            .OrderBy(row => row.item.Position)
            .Select(row => new
            {
                row.item.Position,
                row.item.TargetId,
                MessageId = (Guid?)row.message!.MessageId,
                row.message!.OrderId,
                row.message.Kind,
                Channel = (Channel?)row.message.Channel,
                row.item.State,
                row.item.Reason,
                row.item.EndedAt,
            })
            .ToListAsync(cancellationToken);
        return
        [
            .. rows.Select(row => new ReceiptLine(
                row.Position, row.TargetId, row.MessageId, row.OrderId, row.Kind, row.Channel is { } channel ? WireName<Channel>.Of(channel) : null,
                WireName<OperationItemState>.Of(row.State), row.Reason, row.EndedAt)),
        ];
    }
}
