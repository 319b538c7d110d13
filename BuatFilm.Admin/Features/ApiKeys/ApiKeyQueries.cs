using System.Globalization;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using Npgsql;

namespace BuatFilm.Admin.Features.ApiKeys;

/// <summary>A key in the list.</summary>
/// <param name="Kind"><c>storefront</c> or <c>ops</c>.</param>
/// <param name="Hint">How the key begins.</param>
public sealed record ApiKeyLine(Guid Id, string Name, string Kind, string Role, string Hint, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt, string? RevokedBy);

/// <summary>Reads the keys that were made on the page; those of the settings are not in the database.</summary>
internal sealed class ApiKeyQueries(Databases databases)
{
    private const string Columns = "select id, name, kind, role, hint, created_by, created_at, last_used_at, revoked_at, revoked_by";

    private const string Matching = """
        from api_keys
        where ($1 = '' or kind = $1) and ($2 = '' or (revoked_at is null) = ($2 = 'open'))
        """;

    /// <summary>Newest first.</summary>
    public async Task<PagedRows<ApiKeyLine>> ListAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        var (before, beforeId) = (DateTimeOffset.MaxValue.ToUniversalTime(), Guid.Empty);
        if (query.Cursor is not null)
        {
            if (!Cursor.TryRead(query.Cursor, 2, out var parts)
                || !DateTimeOffset.TryParse(parts[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out before)
                || !Guid.TryParse(parts[1], out beforeId))
            {
                return PagedRows<ApiKeyLine>.UnknownCursor;
            }
        }

        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        var lines = await connection.ListAsync(
            $"{Columns} {Matching} and (created_at, id) < ($3, $4) order by created_at desc, id desc limit $5",
            Read,
            cancellationToken,
            [.. Filters(query), query.Cursor is null ? DateTime.MaxValue : before.UtcDateTime, beforeId, query.Size + 1]);
        var hasMore = lines.Count > query.Size;
        var items = hasMore ? lines[..query.Size] : lines;
        return new PagedRows<ApiKeyLine>(items, hasMore ? Cursor.Of(items[^1].CreatedAt.ToString("O", CultureInfo.InvariantCulture), items[^1].Id.ToString()) : null);
    }

    /// <returns>Null when there is no key with this id.</returns>
    public async Task<ApiKeyLine?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        return (await connection.ListAsync($"{Columns} from api_keys where id = $1", Read, cancellationToken, id)).FirstOrDefault();
    }

    private static ApiKeyLine Read(NpgsqlDataReader reader) => new(
        reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.Instant(6), reader.InstantOrNull(7), reader.InstantOrNull(8), reader.Text(9));

    private static object[] Filters(PagedQuery query) => [query["kind"] ?? "", query["state"] ?? ""];
}
