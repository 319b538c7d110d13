using BuatFilm.Admin.Data;
using Hangfire;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>Removes plans that nobody started, and the words of dead letters that are none any more. Only disk space depends on it; tomorrow's run makes up for a failed one.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed class CleanUpOperationsJob(Databases databases, IOptions<OperationsOptions> options, ILogger<CleanUpOperationsJob> logger)
{
    // A day longer than it can be started, for whoever wants to look at it.
    private const string ForgetPlan = """
        with old as (
            delete from operations where id = (
                select id from operations where state = 'planned' and created_at < (select app_now()) - $1 - interval '1 day'
                limit 1 for update skip locked)
            returning id),
        items as (
            delete from operation_items i using old where i.operation_id = old.id)
        select count(*)::int from old
        """;

    /// <summary>Rows per statement: small enough that it never holds anybody up.</summary>
    private const int BatchSize = 10_000;

    // By ranges of the key, so that each statement reads only its own. Not the young ones: their message may have died again this moment.
    private static readonly string ForgetWords = $"""
        with piece as materialized (
            select message_id from outbox_dead_words where message_id > $1 order by message_id limit {BatchSize}),
        gone as (
            delete from outbox_dead_words w using piece s
            where w.message_id = s.message_id and w.written_at < (select app_now()) - interval '1 hour'
              and not exists (select 1 from outbox_dead d where d.message_id = s.message_id))
        select max(message_id) from piece
        """;

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var plans = 0;
        await using (var forgetPlan = databases.Workers.CreateCommand(ForgetPlan))
        {
            forgetPlan.Parameters.Add(new() { Value = options.Value.PlanLifetime });
            while (await forgetPlan.ExecuteScalarAsync(cancellationToken) is > 0)
            {
                plans++;
            }
        }

        long? last = 0;
        while (last is { } after)
        {
            await using var forgetWords = databases.Workers.CreateCommand(ForgetWords);
            forgetWords.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
            last = await forgetWords.ExecuteScalarAsync(cancellationToken) as long?;
        }

        logger.LogInformation("Removed {Count} plans that nobody started.", plans);
    }
}
