using BuatFilm.Admin.Data;
using Hangfire;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Deletes links that are good for nothing any more. The next run makes up for a failed one.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed class DeleteOldLinksJob(Databases databases)
{
    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        await using var command = databases.Workers.CreateCommand("delete from account_links where expires_at <= (select app_now())");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
