namespace BuatFilm.Admin.Data.Migrations;

/// <summary>What the migration for accounts says in SQL.</summary>
internal static class AccountsSql
{
    /// <summary>
    /// Once somebody can run the place, somebody always can. The lock lets two changes at once look one after the other: each would
    /// else still see the Admin whom the other takes away.
    /// </summary>
    public const string KeepAnAdmin = """
        create function users_keep_an_admin() returns trigger
        language plpgsql
        as $$
        begin
            perform pg_advisory_xact_lock(hashtextextended('users_keep_an_admin', 0));
            if not exists (select 1 from users where role = 'Admin' and locked_at is null and password_hash is not null) then
                raise exception 'The last Admin who can sign in stays one.' using errcode = 'check_violation', constraint = 'users_keep_an_admin';
            end if;
            return null;
        end
        $$;

        create trigger users_keep_an_admin after update on users for each row
        when (old.role = 'Admin' and old.locked_at is null and old.password_hash is not null
              and not (new.role = 'Admin' and new.locked_at is null and new.password_hash is not null))
        execute function users_keep_an_admin();

        create trigger users_keep_an_admin_deleted after delete on users for each row
        when (old.role = 'Admin' and old.locked_at is null and old.password_hash is not null)
        execute function users_keep_an_admin();
        """;

    public const string Undo = "drop function if exists users_keep_an_admin() cascade;";
}
