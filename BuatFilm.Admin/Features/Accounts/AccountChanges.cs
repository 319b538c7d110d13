using System.Security.Claims;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;
using Npgsql;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>How a change of somebody's account ended.</summary>
internal enum AccountChangeOutcome
{
    Done,

    /// <summary>Whoever asked may not.</summary>
    Forbidden,

    /// <summary>There is nobody, or it is as asked for already.</summary>
    NothingToDo,

    /// <summary>Nobody would be left who can manage people.</summary>
    LastAdmin,
}

/// <summary>What all changes of an account share: the right, one statement, its line in the audit log, one commit.</summary>
internal sealed class AccountChanges(Databases databases, RefusedActions refused)
{
    private static readonly string[] Columns = ["name", "before", "after"];

    /// <param name="sql">Changes one account and returns its name, what was before, and what is after; no row when there is nothing to do.</param>
    /// <param name="more">What belongs into the same transaction.</param>
    public async Task<AccountChangeOutcome> RunAsync(
        ClaimsPrincipal by, string what, Guid id, string sql, IReadOnlyList<object> values, CancellationToken cancellationToken, Func<NpgsqlConnection, Task>? more = null)
    {
        if (!MayManage(by, AccountRows.Target(id)))
        {
            return AccountChangeOutcome.Forbidden;
        }

        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            var data = new Dictionary<string, object?>(StringComparer.Ordinal) { ["change"] = what };
            if (!await ChangeAsync(connection, sql, values, data, cancellationToken))
            {
                return AccountChangeOutcome.NothingToDo;
            }

            if (more is not null)
            {
                await more(connection);
            }

            await AuditRows.AppendAsync(connection, Access.ActorOf(by), Permissions.UsersManage, AccountRows.Target(id), AuditOutcome.Done, null, data, null, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return AccountChangeOutcome.Done;
        }
        catch (PostgresException exception) when (exception.ConstraintName == AccountRows.KeepAnAdmin)
        {
            refused.Note(Access.ActorOf(by), Permissions.UsersManage, AccountRows.Target(id), "last_admin");
            return AccountChangeOutcome.LastAdmin;
        }
    }

    /// <summary>True when they may; else it is noted that they tried.</summary>
    public bool MayManage(ClaimsPrincipal by, string? target)
    {
        if (by.May(Permissions.UsersManage))
        {
            return true;
        }

        refused.Note(Access.ActorOf(by), Permissions.UsersManage, target, "forbidden");
        return false;
    }

    private static async Task<bool> ChangeAsync(NpgsqlConnection connection, string sql, IReadOnlyList<object> values, Dictionary<string, object?> data, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return false;
        }

        for (var column = 0; column < Columns.Length; column++)
        {
            data[Columns[column]] = reader.IsDBNull(column) ? null : reader.GetString(column);
        }

        return true;
    }
}
