namespace BuatFilm.Admin.Data.Migrations;

/// <summary>What the first migration says in SQL: the clock, and the outbox as the specification shows it.</summary>
internal static class InitialSql
{
    /// <summary>
    /// One clock decides whatever two nodes share. Tests move it by replacing the function, which only the
    /// schema's owner may do, and which every open session notices at its next statement.
    /// </summary>
    public const string Clock = """
        create function app_now() returns timestamptz
        language sql volatile parallel safe
        as $$ select clock_timestamp() $$;
        """;

    /// <summary>The message with where it stands, under the column names of the specification.</summary>
    public const string OutboxView = """
        create view outbox_overview as
        select m.id, m.message_id, m.order_id, m.kind, m.channel, m.recipient, m.locale, m.data, m.max_attempts, m.created_at,
               case
                   when d.message_id is not null then 'DLQ'
                   when q.message_id is null then 'SENT'
                   when q.lease_owner is not null then 'PROCESSING'
                   when q.attempt > 0 then 'RETRYING'
                   else 'PENDING'
               end as status,
               case when q.message_id is null then null else greatest(0, q.attempt - (q.attempt_limit - m.max_attempts)) end as attempt_count,
               q.due_at as next_retry_at,
               l.error as last_error,
               l.code as last_code,
               l.ended_at as last_attempt_at,
               case when q.message_id is null and d.message_id is null then l.ended_at end as sent_at,
               d.cause as dead_cause,
               d.dead_at
        from notification_outbox m
        left join outbox_queue q on q.message_id = m.id
        left join outbox_dead d on d.message_id = m.id
        left join lateral (
            select a.error, a.code, a.ended_at
            from notification_attempts a
            where a.message_id = m.id
            order by a.attempt desc
            limit 1) l on true;
        """;
}
