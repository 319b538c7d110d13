using System.Globalization;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Core;
using BuatFilm.Core.Operations;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>One item of the fixed set, and what has become of its message since.</summary>
/// <param name="Standing">As the view <c>outbox_overview</c> has it, now; null when the message is deleted.</param>
internal sealed record ItemRow(int Position, long MessageId, string? OrderId, string? Kind, string? Channel, OperationItemState State, string? Reason, DateTimeOffset? EndedAt, string? Standing);

/// <summary>Where the messages of an operation stand now that were requeued by it.</summary>
public sealed record Deliveries(long Sent, long Waiting, long DeadAgain);

/// <summary>Operations as pages list them.</summary>
internal sealed class OperationPageQueries(OperationQueries queries, Databases databases)
{
    /// <summary>Above it nobody counts what became of every message.</summary>
    public const int MostFollowed = 10_000;

    /// <summary>Work under way, and what has just ended, so that whoever watched sees the end. One message alone is no bulk work.</summary>
    private const string CurrentSql = """
        select id from operations
        where (state = 'running' or (state in ('finished', 'cancelled') and started_at is not null and finished_at > (select app_now()) - interval '20 seconds'))
          and (total > 1 or state = 'running' or runs_at > started_at)
        order by created_at desc, id desc
        limit 5
        """;

    private const string Standing = """
        case when m.id is null then null
             when d.message_id is not null then 'DLQ'
             when q.message_id is null then 'SENT'
             when q.lease_owner is not null then 'PROCESSING'
             when q.attempt > i.planned_attempt then 'RETRYING'
             else 'PENDING' end
        """;

    private const string DeliveriesSql = """
        select count(*) filter (where q.message_id is null and d.message_id is null), count(*) filter (where q.message_id is not null), count(*) filter (where d.message_id is not null)
        from operation_items i
        left join outbox_queue q on q.message_id = i.target_id
        left join outbox_dead d on d.message_id = i.target_id
        where i.operation_id = $1 and i.state = 'done'
        """;

    private const string Harms = """
        select coalesce(o.order_id is not null and {0}, false), coalesce(o.order_id is not null and {1}, false), {2}
        from notification_outbox m left join orders o on o.order_id = m.order_id where m.id = $1
        """;

    private static readonly string HarmsSql = Harms
        .Replace("{0}", RequeueHarmSql.OrderCancelled, StringComparison.Ordinal)
        .Replace("{1}", RequeueHarmSql.OrderPaid, StringComparison.Ordinal)
        .Replace("{2}", RequeueHarmSql.AlreadyDelivered, StringComparison.Ordinal);

    /// <summary>As the filter <c>state</c> wants it; the newest first.</summary>
    public async Task<PagedRows<OperationView>> ReadAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        (DateTimeOffset, Guid)? before = null;
        if (query.Cursor is { } cursor)
        {
            if (!Cursor.TryRead(cursor, 2, out var parts)
                || !DateTimeOffset.TryParseExact(parts[0], "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
                || !Guid.TryParse(parts[1], out var last))
            {
                return PagedRows<OperationView>.UnknownCursor;
            }

            before = (at.ToUniversalTime(), last);
        }

        OperationState? state = WireName<OperationState>.TryParse(query["state"], out var wanted) ? wanted : null;
        var rows = (await queries.ListAsync(state, before, query.Size + 1, cancellationToken)).ConvertAll(OperationView.Of);
        var page = rows.ToPage(query.Size, row => Cursor.Of(row.CreatedAt.ToString("O", CultureInfo.InvariantCulture), row.Id.ToString()));
        return new PagedRows<OperationView>(page.Items, page.NextCursor);
    }

    /// <returns>Null when there is none.</returns>
    public async Task<OperationView?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        await queries.FindAsync(id, cancellationToken) is { } operation ? OperationView.Of(operation) : null;

    /// <summary>Work that everybody should see, at most five pieces.</summary>
    public async Task<IReadOnlyList<OperationView>> CurrentAsync(CancellationToken cancellationToken)
    {
        List<Guid> ids;
        await using (var connection = await databases.Pages.OpenConnectionAsync(cancellationToken))
        {
            ids = await connection.ListAsync(CurrentSql, reader => reader.GetGuid(0), cancellationToken);
        }

        var current = new List<OperationView>(ids.Count);
        foreach (var id in ids)
        {
            if (await FindAsync(id, cancellationToken) is { } operation)
            {
                current.Add(operation);
            }
        }

        return current;
    }

    /// <summary>Where its messages are now; null when there are too many to count while somebody waits.</summary>
    public async Task<Deliveries?> DeliveriesAsync(OperationView operation, CancellationToken cancellationToken)
    {
        if (operation.Done is 0 or > MostFollowed)
        {
            return null;
        }

        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        var found = await connection.ListAsync(DeliveriesSql, reader => new Deliveries(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)), cancellationToken, operation.Id);
        return found[0];
    }

    /// <summary>Why sending one message again would do harm; empty when it would not.</summary>
    public async Task<IReadOnlyList<RequeueHarm>> HarmsOfAsync(long messageId, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        var found = await connection.ListAsync(HarmsSql, reader => (RequeueHarm[])[.. Enum.GetValues<RequeueHarm>().Where(harm => reader.GetBoolean((int)harm))], cancellationToken, messageId);
        return found.Count == 0 ? [] : found[0];
    }

    /// <summary>The receipt in order, as the filters <c>state</c> and <c>reason</c> want it.</summary>
    public async Task<PagedRows<ItemRow>> ItemsAsync(Guid id, PagedQuery query, CancellationToken cancellationToken)
    {
        var after = 0;
        if (query.Cursor is { } cursor && !(Cursor.TryRead(cursor, 1, out var parts) && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out after)))
        {
            return PagedRows<ItemRow>.UnknownCursor;
        }

        var values = new List<object> { id, after, query.Size + 1 };
        var condition = "";
        foreach (var (filter, column) in new[] { ("state", "i.state"), ("reason", "i.reason") })
        {
            if (query[filter] is { } value)
            {
                values.Add(value);
                condition += string.Create(CultureInfo.InvariantCulture, $" and {column} = ${values.Count}");
            }
        }

        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        var rows = await connection.ListAsync(
            $"""
            select i.position, i.target_id, m.order_id, m.kind, m.channel, i.state, i.reason, i.ended_at, {Standing}
            from operation_items i
            left join notification_outbox m on m.id = i.target_id
            left join outbox_queue q on q.message_id = i.target_id
            left join outbox_dead d on d.message_id = i.target_id
            where i.operation_id = $1 and i.position > $2{condition}
            order by i.position
            limit $3
            """,
            reader => new ItemRow(
                reader.GetInt32(0), reader.GetInt64(1), reader.Text(2), reader.Text(3), reader.Text(4), WireName<OperationItemState>.Parse(reader.GetString(5)), reader.Text(6), reader.InstantOrNull(7), reader.Text(8)),
            cancellationToken,
            [.. values]);
        var page = rows.ToPage(query.Size, row => Cursor.Of(row.Position.ToString(CultureInfo.InvariantCulture)));
        return new PagedRows<ItemRow>(page.Items, page.NextCursor);
    }
}
