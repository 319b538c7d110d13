using System.Globalization;
using System.Text;
using BuatFilm.Core;
using BuatFilm.Core.Outbox;
using Npgsql;

namespace BuatFilm.Admin.Data;

/// <summary>A filter on dead letters as SQL, one for the list and for the plan: what was seen is what is frozen.</summary>
/// <remarks>
/// What is searched lies beside the dead letters in <c>outbox_dead_words</c>, kept by a trigger, so that no hot table carries an
/// index for it. A trigram index on it makes a rare term quick where PostgreSQL has <c>pg_trgm</c>; without it the words are read through.
/// </remarks>
internal static class DeadLetterSql
{
    /// <summary>
    /// The dead letter <c>d</c>, its message <c>m</c> and its last attempt <c>a</c>. Ends in <c>where</c>: <see cref="Condition"/> follows.
    /// </summary>
    public const string From = """
        from outbox_dead d
        join notification_outbox m on m.id = d.message_id
        left join lateral (
            select a.code, a.error from notification_attempts a
            where a.message_id = d.message_id order by a.attempt desc limit 1) a on true
        where
        """;

    /// <summary>A statement whose plan depends on what is searched must be planned for it each time.</summary>
    public const string PlanAnew = "set local plan_cache_mode = force_custom_plan";

    /// <summary>The condition of a filter, true when it is empty; its values are added to <paramref name="parameters"/>.</summary>
    public static string Condition(DeadLetterFilter filter, NpgsqlParameterCollection parameters)
    {
        var sql = new StringBuilder("true");
        Add("d.channel = ?", filter.Channel is { } channel ? WireName<Channel>.Of(channel) : null);
        Add("d.cause = ?", filter.Cause);
        Add("m.kind = ?", filter.Kind);
        Add("a.code = ?", filter.Code);
        Add("m.order_id = ?", filter.OrderId);
        Add("d.dead_at >= ?", filter.DeadAfter);
        Add("d.dead_at < ?", filter.DeadBefore);
        if (filter.Search is { } search)
        {
            Add($"d.message_id in (select w.message_id from outbox_dead_words w where {SearchCondition(search, parameters)})", null, always: true);
        }

        return sql.ToString();

        void Add(string condition, object? value, bool always = false)
        {
            if (value is not null)
            {
                parameters.Add(new NpgsqlParameter { Value = value });
                condition = condition.Replace("?", string.Create(CultureInfo.InvariantCulture, $"${parameters.Count}"), StringComparison.Ordinal);
            }

            if (value is not null || always)
            {
                sql.Append(" and ").Append(condition);
            }
        }
    }

    /// <summary>An order's number stands for that order alone: whoever searches <c>A-1</c> does not mean <c>A-10</c>, and an index finds it.</summary>
    /// <returns>The filter, its search replaced by the order when there are dead letters of one with just that number.</returns>
    public static async Task<DeadLetterFilter> NarrowAsync(DeadLetterFilter filter, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (filter is not { Search: { } search, OrderId: null })
        {
            return filter;
        }

        await using var command = new NpgsqlCommand("select exists (select 1 from notification_outbox m join outbox_dead d on d.message_id = m.id where m.order_id = $1)", connection)
        {
            Parameters = { new() { Value = search } },
        };
        return await command.ExecuteScalarAsync(cancellationToken) is true ? filter with { Search = null, OrderId = search } : filter;
    }

    private static string SearchCondition(string search, NpgsqlParameterCollection parameters)
    {
        var patterns = new List<string> { search };

        // A number as people here write it, found as it is kept.
        if (search is ['0', '8', _, _, ..] && search.All(character => char.IsAsciiDigit(character) || character is ' ' or '-'))
        {
            patterns.Add($"62{string.Concat(search.Where(char.IsAsciiDigit))[1..]}");
        }

        return string.Join(" or ", patterns.Select(pattern =>
        {
            parameters.Add(new NpgsqlParameter { Value = $"%{Escaped(pattern)}%" });
            return string.Create(CultureInfo.InvariantCulture, $"w.words ilike ${parameters.Count}");
        }));
    }

    private static string Escaped(string text) => text
        .Replace(@"\", @"\\", StringComparison.Ordinal)
        .Replace("%", @"\%", StringComparison.Ordinal)
        .Replace("_", @"\_", StringComparison.Ordinal);
}
