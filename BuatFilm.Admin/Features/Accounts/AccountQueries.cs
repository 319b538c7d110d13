using System.Globalization;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Core;
using BuatFilm.Core.Accounts;
using Npgsql;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Somebody in the list of people.</summary>
/// <param name="InvitedUntil">Until when the open invitation is good; null when there is none.</param>
public sealed record AccountLine(Guid Id, string Name, string Email, string Role, AccountState State, DateTimeOffset CreatedAt, DateTimeOffset? LastSignInAt, DateTimeOffset? InvitedUntil);

/// <summary>Reads people.</summary>
internal sealed class AccountQueries(Databases databases)
{
    private const string Columns = """
        select u.id, u.name, u.email, u.role, s.state, u.created_at, u.last_sign_in_at,
               (select max(l.expires_at) from account_links l where l.user_id = u.id and l.purpose = 'invitation' and l.expires_at > (select app_now()))
        from users u
        cross join lateral (select case
            when u.locked_at is not null then 'locked'
            when u.password_hash is null then 'invited'
            when u.lockout_end > (select app_now()) then 'paused'
            else 'active' end as state) s
        """;

    private const string Matching = """
        where ($1 = '' or u.name ilike $1 or u.email ilike $1) and ($2 = '' or u.role = $2) and ($3 = '' or s.state = $3)
        """;

    public async Task<PagedRows<AccountLine>> ListAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        var after = "";
        if (query.Cursor is not null)
        {
            if (!Cursor.TryRead(query.Cursor, 1, out var parts))
            {
                return PagedRows<AccountLine>.UnknownCursor;
            }

            after = parts[0];
        }

        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        var lines = await connection.ListAsync(
            $"{Columns} {Matching} and u.normalized_name > $4 order by u.normalized_name limit $5", Read, cancellationToken, [.. Filters(query), after, query.Size + 1]);
        var hasMore = lines.Count > query.Size;
        var items = hasMore ? lines[..query.Size] : lines;
        return new PagedRows<AccountLine>(items, hasMore ? Cursor.Of(items[^1].Name.ToUpperInvariant()) : null);
    }

    public async Task<long> CountAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        var counts = await connection.ListAsync(
            $"select count(*) from ({Columns} {Matching} limit {PagedRows.CountedUpTo.ToString(CultureInfo.InvariantCulture)}) found", reader => reader.GetInt64(0), cancellationToken, Filters(query));
        return counts[0];
    }

    /// <returns>Null when there is nobody with this id.</returns>
    public async Task<AccountLine?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        return (await connection.ListAsync($"{Columns} where u.id = $1", Read, cancellationToken, id)).FirstOrDefault();
    }

    /// <summary>The names of those who can give rights.</summary>
    public async Task<IReadOnlyList<string>> AdminsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        return await connection.ListAsync(
            "select name from users where role = 'Admin' and locked_at is null and password_hash is not null order by normalized_name limit 5", reader => reader.GetString(0), cancellationToken);
    }

    public async Task<bool> IsAnyoneThereAsync(CancellationToken cancellationToken)
    {
        await using var command = databases.Pages.CreateCommand("select exists (select 1 from users)");
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static object[] Filters(PagedQuery query) =>
    [
        query["q"] is { } words ? $"%{words.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%" : "",
        query["role"] ?? "",
        query["state"] ?? "",
    ];

    private static AccountLine Read(NpgsqlDataReader reader) => new(
        reader.GetGuid(0),
        reader.GetString(1),
        reader.GetString(2),
        reader.GetString(3),
        WireName<AccountState>.Parse(reader.GetString(4)),
        reader.Instant(5),
        reader.InstantOrNull(6),
        reader.InstantOrNull(7));
}
