using BuatFilm.Admin.Data;

namespace BuatFilm.Admin.Shell;

/// <summary>What differs whenever anybody has committed a write to the database: which transactions are over.</summary>
/// <remarks>
/// A transaction gets its number when it first writes, and the snapshot lists the numbers that are in use: so each commit changes it, and
/// reading never does. It is the server's, so another database on it changes it too; that costs a read and nothing else.
/// </remarks>
internal static class DatabaseMark
{
    private const string Sql = "select pg_current_snapshot()::text";

    public static async Task<string> ReadAsync(Databases databases, CancellationToken cancellationToken)
    {
        await using var command = databases.Probes.CreateCommand(Sql);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
