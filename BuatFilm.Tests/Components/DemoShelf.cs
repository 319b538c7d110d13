using System.Collections.Immutable;
using System.Globalization;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Http;
using BuatFilm.Core;
using BuatFilm.Core.Orders;

namespace BuatFilm.Tests.Components;

/// <summary>Rows in memory, with all that a source must be able to do: filters, two sorts, keyset paging.</summary>
public sealed class DemoShelf
{
    private static readonly DateTimeOffset Newest = new(2026, 11, 23, 7, 0, 0, TimeSpan.Zero);

    private static readonly string[] Names = ["Budi Santoso", "Siti Rahmawati", "Agus Wijaya", "Dewi Lestari", "Ketut Ardana", "Maria Sitompul", "Yohanes Wibowo Kusumaningrat"];

    private static readonly string[] Errors =
        ["550 5.1.1 Mailbox unavailable", "452 4.2.2 Mailbox full", "421 Service not available, closing transmission channel", "131026 Message undeliverable"];

    private ImmutableList<DemoRow> _rows = [];
    private int _reads;

    public DemoShelf(int rows = 0) => Change(_ => [.. Enumerable.Range(1, rows).Select(Make)]);

    /// <summary>Thrown instead of an answer while it is set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What answers wait for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public int Reads => _reads;

    public PagedQuery? LastQuery { get; private set; }

    public static DemoRow Make(int id) => new(
        id,
        Names[id % Names.Length],
        Enum.GetValues<OrderStatus>()[id % Enum.GetValues<OrderStatus>().Length],
        new Rupiah(50_000L + id * 37_500L % 4_200_000),
        Newest.AddMinutes(-1_000 + id),
        id % 3 == 0 ? Errors[id / 3 % Errors.Length] : null);

    public void Change(Func<ImmutableList<DemoRow>, ImmutableList<DemoRow>> change) => _rows = change(_rows);

    public void Add(int id) => Change(rows => rows.Add(Make(id)));

    public async Task<PagedRows<DemoRow>> ReadAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        LastQuery = query;
        await Gate;
        if (Failure is not null)
        {
            throw Failure;
        }

        long? after = null;
        if (query.Cursor is not null)
        {
            if (!Cursor.TryRead(query.Cursor, 1, out var parts) || !long.TryParse(parts[0], CultureInfo.InvariantCulture, out var id))
            {
                return PagedRows<DemoRow>.UnknownCursor;
            }

            after = id;
        }

        var sorted = Sort(Matching(query), query).ToList();
        var start = after is null ? 0 : sorted.FindIndex(row => row.Id == after) + 1;
        var page = sorted.Skip(start).Take(query.Size).ToList();
        return new PagedRows<DemoRow>(page, start + page.Count < sorted.Count ? Cursor.Of(page[^1].Id.ToString(CultureInfo.InvariantCulture)) : null);
    }

    public Task<long> CountAsync(PagedQuery query, CancellationToken cancellationToken) => Task.FromResult((long)Matching(query).Count());

    private static IEnumerable<DemoRow> Sort(IEnumerable<DemoRow> rows, PagedQuery query) => query switch
    {
        { SortName: "amount", IsDescending: true } => rows.OrderByDescending(row => row.Amount).ThenByDescending(row => row.Id),
        { SortName: "amount" } => rows.OrderBy(row => row.Amount).ThenBy(row => row.Id),
        { IsDescending: false } => rows.OrderBy(row => row.Id),
        _ => rows.OrderByDescending(row => row.Id),
    };

    private IEnumerable<DemoRow> Matching(PagedQuery query) => _rows.Where(row =>
        (query["q"] is not { } text || row.Name.Contains(text, StringComparison.OrdinalIgnoreCase) || row.OrderId.Contains(text, StringComparison.OrdinalIgnoreCase))
        && (query["status"] is not { } status || WireName<OrderStatus>.Of(row.Status) == status)
        && (query.From("at") is not { } from || row.At >= from)
        && (query.Before("at") is not { } before || row.At < before));
}
