using System.Security.Claims;
using System.Text.Json;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Operations;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>A plan that was made.</summary>
/// <param name="Counts">What it would do and what would be harmful, as JSON.</param>
/// <param name="ExpiresAt">Until then it can be started.</param>
internal sealed record PlannedOperation(Guid Id, int Total, JsonElement Counts, DateTimeOffset ExpiresAt);

/// <summary>Freezes which dead letters somebody means, and counts what requeuing them would do. Nothing is sent.</summary>
/// <remarks>One statement resolves, freezes and counts, so that the numbers are those of the very set that runs.</remarks>
internal sealed class PlanRequeue(Databases databases, IOptions<OperationsOptions> options, RefusedActions refused)
{
    /// <summary>A million dead letters take far longer than what a page may.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly string Plan = $$"""
        with clock as materialized (select app_now() as now),
        chosen as materialized (
            select d.message_id, d.channel, d.attempt, d.dead_at, m.id, m.order_id, m.kind, m.max_attempts
            {{DeadLetterSql.From}} {0}
            limit {{RequeuePlan.MaxItems + 1}}),
        items as (
            insert into operation_items (operation_id, position, target_id, planned_attempt, granted_attempts, state)
            select $1, row_number() over (order by message_id), message_id, attempt, max_attempts, 'planned' from chosen),
        weighed as materialized (
            select m.channel, m.dead_at, m.order_id, o.customer_email, o.gross_amount,
                   coalesce({{RequeueHarmSql.OrderCancelled}}, false) as is_cancelled,
                   coalesce({{RequeueHarmSql.OrderPaid}}, false) as is_paid,
                   {{RequeueHarmSql.AlreadyDelivered}} as is_delivered
            from chosen m left join orders o on o.order_id = m.order_id),
        counts as (
            select count(*)::int as total, jsonb_build_object(
                'total', count(*),
                'byChannel', (select coalesce(jsonb_object_agg(c.channel, c.count), '{}') from (select channel, count(*) from weighed group by channel) c),
                'customers', count(distinct customer_email),
                'amount', (select coalesce(sum(gross_amount), 0)::bigint from (select distinct order_id, gross_amount from weighed) o),
                'alreadyDelivered', count(*) filter (where is_delivered),
                'orderCancelled', count(*) filter (where is_cancelled),
                'orderPaid', count(*) filter (where is_paid),
                'byHarms', (
                    select coalesce(jsonb_object_agg(h.harms, h.count), '{}') from (
                        select is_cancelled::int * {{PlanCounts.BitOf(RequeueHarm.OrderCancelled)}} + is_paid::int * {{PlanCounts.BitOf(RequeueHarm.OrderPaid)}} + is_delivered::int * {{PlanCounts.BitOf(RequeueHarm.AlreadyDelivered)}} as harms, count(*)
                        from weighed group by 1) h),
                'notDead', greatest(0, $5 - count(*)),
                'oldest', to_char(min(dead_at) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'newest', to_char(max(dead_at) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) as figures
            from weighed)
        insert into operations (id, action, state, actor, reason, filter, counts, total, done, skipped, created_at)
        select $1, 'requeue', 'planned', $2, $3, $4, counts.figures, counts.total, 0, 0, clock.now from counts, clock
        returning total, counts, created_at
        """;

    /// <exception cref="UnauthorizedAccessException">The person or program may not.</exception>
    /// <returns>Null when more than <see cref="RequeuePlan.MaxItems"/> are meant; nothing is kept then.</returns>
    public async Task<PlannedOperation?> ExecuteAsync(ClaimsPrincipal? user, RequeuePlan plan, CancellationToken cancellationToken)
    {
        var actor = user.Demand((who, permission) => refused.Note(who, permission, null, "forbidden"), Permissions.DeadLettersRequeue, Permissions.OperationsStart);
        var id = Guid.CreateVersion7();
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var limits = new NpgsqlCommand(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"set local statement_timeout = {Limit.TotalMilliseconds}; {DeadLetterSql.PlanAnew}"), connection))
        {
            await limits.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = (int)Limit.TotalSeconds + 2 };
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = actor });
        command.Parameters.Add(new() { Value = (object?)plan.Reason ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = Describe(plan), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = (long)(plan.Ids?.Count ?? 0) });
        command.CommandText = Plan.Replace("{0}", await ConditionAsync(plan, connection, command.Parameters, cancellationToken), StringComparison.Ordinal);

        PlannedOperation planned;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            planned = new PlannedOperation(
                id,
                reader.GetInt32(0),
                JsonElement.Parse(reader.GetString(1)),
                reader.GetFieldValue<DateTimeOffset>(2) + options.Value.PlanLifetime);
        }

        if (planned.Total > RequeuePlan.MaxItems)
        {
            return null;
        }

        await transaction.CommitAsync(cancellationToken);
        return planned;
    }

    private static async Task<string> ConditionAsync(RequeuePlan plan, NpgsqlConnection connection, NpgsqlParameterCollection parameters, CancellationToken cancellationToken)
    {
        if (plan.Filter is { } filter)
        {
            return DeadLetterSql.Condition(await DeadLetterSql.NarrowAsync(filter, connection, cancellationToken), parameters);
        }

        parameters.Add(new() { Value = plan.Ids!.ToArray() });
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"d.message_id = any(${parameters.Count})");
    }

    /// <summary>What was asked for, so that it can be read later: <c>{filter|ids, exclude}</c>.</summary>
    private static string Describe(RequeuePlan plan) => JsonSerializer.Serialize(
        new
        {
            Filter = plan.Filter is { } filter
                ? new
                {
                    Channel = filter.Channel is { } channel ? WireName<Core.Outbox.Channel>.Of(channel) : null,
                    Q = filter.Search,
                    filter.Cause,
                    filter.Kind,
                    filter.Code,
                    filter.OrderId,
                    filter.DeadAfter,
                    filter.DeadBefore,
                }
                : null,
            Ids = plan.Ids?.Count,
            Exclude = plan.Exclude.Select(WireName<RequeueHarm>.Of),
        },
        Http.ApiJson.Options);
}
