using Npgsql;

namespace BuatFilm.Admin.Data;

/// <summary>The rights of the role that the app works as when another one owns the schema: rows, and no more.</summary>
internal static class AppRole
{
    /// <summary>What has to be granted or revoked, as statements; none when all is as it should be.</summary>
    private const string MissingSql = """
        with things as (
            select c.oid, c.relkind, n.nspname as schema, c.relname as name,
                   case
                       when c.relname = '__EFMigrationsHistory' or c.relkind = 'v' then array['SELECT']
                       when c.relname = 'audit_log' then array['SELECT', 'INSERT']
                       when c.relkind = 'S' then array['USAGE']
                       else array['SELECT', 'INSERT', 'UPDATE', 'DELETE']
                   end as rights
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('public', $2) and c.relkind in ('r', 'p', 'v', 'S') and pg_has_role(c.relowner, 'USAGE')),
        has as (
            select t.oid, r.right_name
            from things t, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'USAGE']) as r(right_name)
            where case
                      when r.right_name = 'USAGE' then t.relkind = 'S' and has_sequence_privilege($1::name, t.oid, 'USAGE')
                      else t.relkind <> 'S' and has_table_privilege($1::name, t.oid, r.right_name)
                  end)
        select format('grant usage on schema %I to %I', n.nspname, $1::name)
        from pg_namespace n
        where n.nspname in ('public', $2) and pg_has_role(n.nspowner, 'USAGE') and not has_schema_privilege($1::name, n.oid, 'USAGE')
        union all
        select format('grant %s on %s %I.%I to %I', string_agg(r.right_name, ', '), case when t.relkind = 'S' then 'sequence' else 'table' end, t.schema, t.name, $1::name)
        from things t, unnest(t.rights) as r(right_name)
        where not exists (select 1 from has h where h.oid = t.oid and h.right_name = r.right_name)
        group by t.oid, t.relkind, t.schema, t.name
        union all
        select format('revoke %s on table %I.%I from %I', string_agg(h.right_name, ', '), t.schema, t.name, $1::name)
        from things t join has h on h.oid = t.oid
        where t.relkind <> 'S' and h.right_name <> all (t.rights)
        group by t.oid, t.schema, t.name
        """;

    /// <summary>Gives the role what is missing and takes what is too much, on all that the connection's own role owns.</summary>
    /// <param name="owner">Open, as the schema's owner, which is not <paramref name="role"/>.</param>
    /// <returns>How many statements that took; none when nothing was to do.</returns>
    public static async Task<int> GrantAsync(NpgsqlConnection owner, string role, string otherSchema, CancellationToken cancellationToken)
    {
        List<string> statements = [];
        await using (var missing = new NpgsqlCommand(MissingSql, owner) { Parameters = { new() { Value = role }, new() { Value = otherSchema } } })
        await using (var reader = await missing.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                statements.Add(reader.GetString(0));
            }
        }

        if (statements.Count > 0)
        {
            // Several statements in one command are one transaction.
            await using var change = new NpgsqlCommand(string.Join(';', statements), owner);
            await change.ExecuteNonQueryAsync(cancellationToken);
        }

        return statements.Count;
    }
}
