using System.Globalization;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Core;
using BuatFilm.Core.Outbox;
using Npgsql;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>A dead letter in the list.</summary>
/// <param name="Id">The message's number.</param>
/// <param name="MessageId">The name that the mail itself carries.</param>
/// <param name="Recipient">Masked.</param>
/// <param name="Cause">Why it is dead, such as <c>refused</c>.</param>
/// <param name="Code">Of the last attempt.</param>
/// <param name="Error">The server's words at the last attempt, cleaned and cut.</param>
/// <param name="Attempts">Made so far, over all requeues.</param>
internal sealed record DeadLetterLine(
    long Id,
    Guid MessageId,
    string? OrderId,
    string Kind,
    string Channel,
    string Recipient,
    string Cause,
    string? Code,
    string? Error,
    int Attempts,
    DateTimeOffset CreatedAt,
    DateTimeOffset DeadAt);

/// <summary>One dead letter with all that happened to it.</summary>
/// <param name="History">Every attempt, oldest first.</param>
/// <param name="Requeues">Who sent it again, oldest first.</param>
internal sealed record DeadLetterDetails(
    long Id,
    Guid MessageId,
    string? OrderId,
    string Kind,
    string Channel,
    string Recipient,
    string Cause,
    string? Code,
    string? Error,
    int Attempts,
    int MaxAttempts,
    string Locale,
    DateTimeOffset CreatedAt,
    DateTimeOffset DeadAt,
    IReadOnlyList<AttemptLine> History,
    IReadOnlyList<RequeueLine> Requeues);

/// <param name="Error">The server's words, cleaned; written by others.</param>
/// <param name="ProviderId">The provider's name for it, if it took it.</param>
/// <param name="Node">The run of the node that tried.</param>
internal sealed record AttemptLine(int Attempt, string Result, string? Code, string? Error, string? ProviderId, Guid Node, DateTimeOffset EndedAt);

/// <param name="Actor">Who started the operation.</param>
public sealed record RequeueLine(Guid OperationId, string Actor, string? Reason, DateTimeOffset At);

/// <summary>Reads dead letters. Recipients leave masked, and so do the addresses in what servers said.</summary>
internal sealed class DeadLetterQueries(Databases databases)
{
    private const int ErrorInList = 200;
    private const int ErrorInDetails = 1_000;

    private const string Columns = """
        select d.message_id, m.message_id, m.order_id, m.kind, d.channel, m.recipient, d.cause, a.code, a.error, d.attempt, m.created_at, d.dead_at, m.max_attempts, m.locale
        """;

    private const string Attempts = """
        select attempt, result, code, error, provider_id, node, ended_at from notification_attempts where message_id = $1 order by attempt
        """;

    // One at a time or many at once: each requeue is an item of an operation.
    internal const string RequeueSql = """
        select o.id, o.actor, o.reason, i.ended_at
        from operation_items i join operations o on o.id = i.operation_id
        where i.target_id = $1 and i.state = 'done' and o.action = 'requeue'
        order by i.ended_at
        """;

    /// <summary>What the page's filters <c>q</c>, <c>channel</c>, <c>cause</c>, <c>kind</c> and <c>day</c> mean; the list and a plan take the same.</summary>
    public static DeadLetterFilter FilterOf(PagedQuery query) => new(
        WireName<Channel>.TryParse(query["channel"], out var channel) ? channel : null,
        query["q"],
        query["cause"],
        query["kind"],
        DeadAfter: query.From("day"),
        DeadBefore: query.Before("day"));

    public static string CursorOf(DeadLetterLine line) => Cursor.Of(line.DeadAt.ToString("O", CultureInfo.InvariantCulture), line.Id.ToString(CultureInfo.InvariantCulture));

    /// <returns>False when it is no cursor of this list.</returns>
    public static bool TryReadCursor(string? cursor, out (DateTimeOffset DeadAt, long Id)? before)
    {
        before = null;
        if (cursor is null)
        {
            return true;
        }

        if (!Cursor.TryRead(cursor, 2, out var parts)
            || !DateTimeOffset.TryParseExact(parts[0], "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last))
        {
            return false;
        }

        before = (at.ToUniversalTime(), last);
        return true;
    }

    /// <summary>A page of the list.</summary>
    public async Task<PagedRows<DeadLetterLine>> ReadAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        if (!TryReadCursor(query.Cursor, out var before))
        {
            return PagedRows<DeadLetterLine>.UnknownCursor;
        }

        var lines = await ListAsync(FilterOf(query), before, query.Size + 1, cancellationToken);
        var page = lines.ToPage(query.Size, CursorOf);
        return new PagedRows<DeadLetterLine>(page.Items, page.NextCursor);
    }

    /// <summary>How many match, up to <see cref="PagedRows.CountedUpTo"/>.</summary>
    public async Task<long> CountAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var filter = await DeadLetterSql.NarrowAsync(FilterOf(query), connection, cancellationToken);
        if (filter.Search is not null)
        {
            await using var planAnew = new NpgsqlCommand(DeadLetterSql.PlanAnew, connection);
            await planAnew.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = new NpgsqlCommand { Connection = connection };
        var condition = DeadLetterSql.Condition(filter, command.Parameters);
        command.Parameters.Add(new() { Value = PagedRows.CountedUpTo });
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"select count(*) from (select 1 {DeadLetterSql.From} {condition} limit ${command.Parameters.Count}) counted");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Dead letters that fit, newest first.</summary>
    /// <param name="before">The last one of the page before; null for the first page.</param>
    /// <param name="limit">At the most so many.</param>
    public async Task<List<DeadLetterLine>> ListAsync(DeadLetterFilter filter, (DateTimeOffset DeadAt, long Id)? before, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        filter = await DeadLetterSql.NarrowAsync(filter, connection, cancellationToken);
        if (filter.Search is not null)
        {
            await using var planAnew = new NpgsqlCommand(DeadLetterSql.PlanAnew, connection);
            await planAnew.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = new NpgsqlCommand { Connection = connection };
        var condition = DeadLetterSql.Condition(filter, command.Parameters);
        if (before is var (deadAt, id))
        {
            command.Parameters.Add(new() { Value = deadAt });
            command.Parameters.Add(new() { Value = id });
            condition += string.Create(CultureInfo.InvariantCulture, $" and (d.dead_at, d.message_id) < (${command.Parameters.Count - 1}, ${command.Parameters.Count})");
        }

        command.Parameters.Add(new() { Value = limit });
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"{Columns} {DeadLetterSql.From} {condition} order by d.dead_at desc, d.message_id desc limit ${command.Parameters.Count}");

        var lines = new List<DeadLetterLine>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            lines.Add(new DeadLetterLine(
                reader.GetInt64(0), reader.GetGuid(1), Text(reader, 2), reader.GetString(3), reader.GetString(4), Masked.Recipient(reader.GetString(5)), reader.GetString(6),
                Text(reader, 7), Masked.Error(Text(reader, 8), ErrorInList), reader.GetInt32(9), reader.GetFieldValue<DateTimeOffset>(10), reader.GetFieldValue<DateTimeOffset>(11)));
        }

        return lines;
    }

    /// <returns>Null when it is no dead letter.</returns>
    public async Task<DeadLetterDetails?> FindAsync(long id, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"{Columns} {DeadLetterSql.From} d.message_id = $1", connection) { Parameters = { new() { Value = id } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var details = new DeadLetterDetails(
            reader.GetInt64(0), reader.GetGuid(1), Text(reader, 2), reader.GetString(3), reader.GetString(4), Masked.Recipient(reader.GetString(5)), reader.GetString(6),
            Text(reader, 7), Masked.Error(Text(reader, 8), ErrorInDetails), reader.GetInt32(9), reader.GetInt32(12), reader.GetString(13),
            reader.GetFieldValue<DateTimeOffset>(10), reader.GetFieldValue<DateTimeOffset>(11), [], []);
        await reader.CloseAsync();

        return details with { History = await HistoryAsync(connection, id, cancellationToken), Requeues = await RequeuesAsync(connection, id, cancellationToken) };
    }

    private static async Task<List<AttemptLine>> HistoryAsync(NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Attempts, connection) { Parameters = { new() { Value = id } } };
        var history = new List<AttemptLine>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            history.Add(new AttemptLine(
                reader.GetInt32(0), reader.GetString(1), Text(reader, 2), Masked.Error(Text(reader, 3), ErrorInDetails), Text(reader, 4), reader.GetGuid(5), reader.GetFieldValue<DateTimeOffset>(6)));
        }

        return history;
    }

    private static async Task<List<RequeueLine>> RequeuesAsync(NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(RequeueSql, connection) { Parameters = { new() { Value = id } } };
        var requeues = new List<RequeueLine>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            requeues.Add(new RequeueLine(reader.GetGuid(0), reader.GetString(1), Text(reader, 2), reader.GetFieldValue<DateTimeOffset>(3)));
        }

        return requeues;
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
