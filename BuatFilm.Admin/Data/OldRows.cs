using Npgsql;

namespace BuatFilm.Admin.Data;

/// <summary>Deletes what is past its time, in statements small enough to hold nobody up.</summary>
internal static class OldRows
{
    /// <summary>Rows per statement.</summary>
    public const int BatchSize = 5000;

    /// <param name="sql">Deletes at most <c>$2</c> rows that are older than <c>$1</c>, an interval, by the database's clock.</param>
    /// <returns>How many went.</returns>
    public static async Task<long> DeleteAsync(NpgsqlDataSource database, string sql, TimeSpan age, CancellationToken cancellationToken, int batchSize = BatchSize)
    {
        var (total, last) = (0L, 0);
        do
        {
            await using var command = database.CreateCommand(sql);
            command.Parameters.Add(new() { Value = age });
            command.Parameters.Add(new() { Value = batchSize });
            last = await command.ExecuteNonQueryAsync(cancellationToken);
            total += last;
        }
        while (last >= batchSize);

        return total;
    }
}
