namespace BuatFilm.Admin.Data.Migrations;

/// <summary>What the migration for outages says in SQL.</summary>
internal static class OutagesSql
{
    /// <summary>
    /// The words of a dead letter, to search in. An after-trigger writes them, because the last attempt is written by the same statement
    /// as the dead letter; they stay until the next clean-up when the message leaves, so that leaving stays cheap.
    /// </summary>
    public const string DeadLetterWords = """
        create table outbox_dead_words (
            message_id bigint not null constraint pk_outbox_dead_words primary key,
            words text not null,
            written_at timestamptz not null default app_now());

        create function outbox_dead_remember_words() returns trigger
        language plpgsql
        as $$
        begin
            insert into outbox_dead_words (message_id, words)
            select m.id, concat_ws(E'\n', m.id, m.message_id, m.order_id, m.recipient, last.code, last.error)
            from born
            join notification_outbox m on m.id = born.message_id
            left join lateral (
                select a.code, a.error from notification_attempts a
                where a.message_id = m.id order by a.attempt desc limit 1) last on true
            on conflict (message_id) do update set words = excluded.words, written_at = excluded.written_at;
            return null;
        end
        $$;

        create trigger outbox_dead_remember_words after insert on outbox_dead
        referencing new table as born for each statement execute function outbox_dead_remember_words();

        insert into outbox_dead_words (message_id, words)
        select m.id, concat_ws(E'\n', m.id, m.message_id, m.order_id, m.recipient, last.code, last.error)
        from outbox_dead d
        join notification_outbox m on m.id = d.message_id
        left join lateral (
            select a.code, a.error from notification_attempts a
            where a.message_id = m.id order by a.attempt desc limit 1) last on true;
        """;

    /// <summary>
    /// The index that makes a rare term quick. Its extension comes with PostgreSQL and may be made by the database's owner, but not
    /// everywhere: without it the search is slower and finds the same.
    /// </summary>
    public const string DeadLetterWordsIndex = """
        do $$
        begin
            create extension if not exists pg_trgm;
            create index ix_outbox_dead_words on outbox_dead_words using gin (words gin_trgm_ops);
        exception
            when insufficient_privilege or feature_not_supported or undefined_file or undefined_object then
                raise notice 'pg_trgm is not to be had: dead letters are searched without an index.';
        end
        $$;
        """;

    /// <summary>When the next requeued message of a channel may leave: bulk requeues of all nodes line up here.</summary>
    public const string RequeueSlots = """
        create table requeue_slots (
            channel text not null constraint pk_requeue_slots primary key,
            next_at timestamptz not null default '-infinity');
        insert into requeue_slots (channel) values ('email'), ('whatsapp'), ('webhook');
        """;

    /// <summary>
    /// The audit log becomes a chain: each row carries the digest of itself and of the row before it, its number follows that row's without
    /// a gap, and nothing in it can be changed or removed by ordinary means. What a superuser does is found by <c>verify-audit</c>.
    /// </summary>
    /// <remarks>The lock is held until the commit, so that no two rows follow the same one: append last in a transaction.</remarks>
    public const string AuditChain = """
        alter table audit_log add column prev_hash bytea, add column hash bytea;

        create function audit_log_digest(entry audit_log) returns bytea
        language sql stable
        as $$
            select sha256(entry.prev_hash || convert_to(jsonb_build_array(
                entry.id, (extract(epoch from entry.at) * 1000000)::bigint, entry.actor, entry.action, entry.target,
                entry.outcome, entry.reason, entry.data, entry.operation_id)::text, 'UTF8'))
        $$;

        create function audit_log_chain() returns trigger
        language plpgsql
        as $$
        declare
            last record;
        begin
            perform pg_advisory_xact_lock(hashtextextended('audit_log', 0));
            select id, hash into last from audit_log order by id desc limit 1;
            new.id := coalesce(last.id, 0) + 1;
            new.at := app_now();
            new.prev_hash := coalesce(last.hash, ''::bytea);
            new.hash := audit_log_digest(new);
            return new;
        end
        $$;

        do $$
        declare
            entry audit_log;
            previous bytea := ''::bytea;
        begin
            for entry in select * from audit_log order by id loop
                entry.prev_hash := previous;
                previous := audit_log_digest(entry);
                update audit_log set prev_hash = entry.prev_hash, hash = previous where id = entry.id;
            end loop;
        end
        $$;

        alter table audit_log alter column prev_hash set not null, alter column hash set not null;

        create function audit_log_keep() returns trigger
        language plpgsql
        as $$
        begin
            raise exception 'The audit log is kept as it is: % is refused.', tg_op using errcode = 'insufficient_privilege';
        end
        $$;

        create trigger audit_log_chain before insert on audit_log for each row execute function audit_log_chain();
        create trigger audit_log_keep before update or delete or truncate on audit_log for each statement execute function audit_log_keep();
        create index ix_audit_log_target_id on audit_log (target, id desc) where target is not null;
        """;

    /// <summary>Payment pages that were opened before anybody asked about them are asked about from now on.</summary>
    public const string AskAboutOpenPages = "update payment_sessions set next_attempt_at = app_now() where state = 'open' and next_attempt_at is null;";

    public const string Undo = """
        drop index ix_audit_log_target_id;
        drop trigger audit_log_keep on audit_log;
        drop trigger audit_log_chain on audit_log;
        drop function audit_log_keep();
        drop function audit_log_chain();
        drop function audit_log_digest(audit_log);
        alter table audit_log drop column prev_hash, drop column hash;
        drop table requeue_slots;
        drop trigger outbox_dead_remember_words on outbox_dead;
        drop function outbox_dead_remember_words();
        drop table outbox_dead_words;
        """;
}
