using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Core;
using BuatFilm.Core.Idempotency;
using Npgsql;

namespace BuatFilm.Admin.Features.Idempotency;

/// <summary>One key and what its request came to; never the stored answer, which holds Snap tokens.</summary>
/// <param name="Scope">Who asked for what: <c>client|METHOD|route</c>.</param>
/// <param name="Attempt">Which run this is, from 1.</param>
/// <param name="OrderId">What the request made; null while it has made nothing.</param>
/// <param name="Status">The HTTP status that a repetition is answered with; null until done.</param>
/// <param name="IsLeaseOver">True for an unfinished run whose time is up: it died, and the next one takes over.</param>
/// <param name="Fingerprint">SHA-256 of the request, in hexadecimal.</param>
public sealed record IdempotencyRow(
    string Scope,
    string Key,
    IdempotencyState State,
    int Attempt,
    string? OrderId,
    int? Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset LeaseUntil,
    DateTimeOffset ExpiresAt,
    bool IsLeaseOver,
    string Fingerprint)
{
    private const int LongestId = 200;

    /// <summary>Names the row in addresses: the scope and key themselves, or a digest where they are too long.</summary>
    public string Id => Cursor.Of(Scope, Key) is { Length: <= LongestId } id ? id : Digest(Scope, Key);

    /// <summary>As the database computes it too.</summary>
    public static string Digest(string scope, string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{scope}\n{key}")));
}

/// <summary>Reads idempotency keys, newest first.</summary>
internal sealed class IdempotencyQueries(Databases databases)
{
    private const string Columns = """
        select i.scope, i.key, i.state, i.attempt, i.resource_id, i.status, i.created_at, i.lease_until, i.expires_at,
               i.state <> 'done' and i.lease_until <= (select app_now()), encode(i.fingerprint, 'hex')
        from idempotency_store i
        """;

    /// <summary>As the filters <c>q</c>, <c>state</c> and <c>at</c> want it.</summary>
    public async Task<PagedRows<IdempotencyRow>> ReadAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        await using var command = databases.Pages.CreateCommand();
        var sql = new StringBuilder(Columns).Append(Where(command, query));
        if (query.Cursor is { } cursor)
        {
            if (!Cursor.TryRead(cursor, 3, out var parts) || !DateTimeOffset.TryParseExact(parts[0], "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
            {
                return PagedRows<IdempotencyRow>.UnknownCursor;
            }

            sql.Append(CultureInfo.InvariantCulture, $" and (i.created_at, i.scope, i.key) < ({Add(command, at.ToUniversalTime())}, {Add(command, parts[1])}, {Add(command, parts[2])})");
        }

        command.CommandText = sql.Append(CultureInfo.InvariantCulture, $" order by i.created_at desc, i.scope desc, i.key desc limit {Add(command, query.Size + 1)}").ToString();
        var rows = new List<IdempotencyRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(Read(reader));
        }

        var page = rows.ToPage(query.Size, row => Cursor.Of(row.CreatedAt.ToString("O", CultureInfo.InvariantCulture), row.Scope, row.Key));
        return new PagedRows<IdempotencyRow>(page.Items, page.NextCursor);
    }

    /// <summary>How many match, up to <see cref="PagedRows.CountedUpTo"/>.</summary>
    public async Task<long> CountAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        await using var command = databases.Pages.CreateCommand();
        command.CommandText = $"select count(*) from (select 1 from idempotency_store i {Where(command, query)} limit {Add(command, PagedRows.CountedUpTo)}) counted";
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <param name="id">As <see cref="IdempotencyRow.Id"/> gives it; anything else finds nothing.</param>
    public async Task<IdempotencyRow?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        var found = Cursor.TryRead(id, 2, out var parts)
            ? await connection.ListAsync($"{Columns} where i.scope = $1 and i.key = $2", Read, cancellationToken, parts[0], parts[1])
            : await connection.ListAsync($"{Columns} where encode(sha256(convert_to(i.scope || chr(10) || i.key, 'UTF8')), 'hex') = $1", Read, cancellationToken, id);
        return found.SingleOrDefault();
    }

    private static string Where(NpgsqlCommand command, PagedQuery query)
    {
        var sql = new StringBuilder(" where true");
        if (query["q"] is { } sought)
        {
            var place = Add(command, sought);
            sql.Append(CultureInfo.InvariantCulture, $" and (i.key = {place} or i.resource_id in ({place}, upper({place})))");
        }

        if (query["state"] is { } state)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and i.state = {Add(command, state)}");
        }

        if (query.From("at") is { } from)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and i.created_at >= {Add(command, from)}");
        }

        if (query.Before("at") is { } before)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and i.created_at < {Add(command, before)}");
        }

        return sql.ToString();
    }

    private static IdempotencyRow Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), WireName<IdempotencyState>.Parse(reader.GetString(2)), reader.GetInt32(3), reader.Text(4),
        reader.IsDBNull(5) ? null : reader.GetInt32(5), reader.Instant(6), reader.Instant(7), reader.Instant(8), reader.GetBoolean(9), reader.GetString(10));

    private static string Add(NpgsqlCommand command, object value)
    {
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        return $"${command.Parameters.Count.ToString(CultureInfo.InvariantCulture)}";
    }
}
