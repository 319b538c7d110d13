using System.Net;
using BuatFilm.Admin.Data;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>Keeps bodies that are not Midtrans' word: evidence, and a way back when our own key was wrong.</summary>
/// <remarks>Anybody may send them, so only so many a minute are kept.</remarks>
internal sealed class RejectedNotifications(Databases databases, IOptions<WebhooksOptions> options, TimeProvider time, ILogger<RejectedNotifications> logger)
{
    private readonly Lock _lock = new();
    private long _windowStart = time.GetTimestamp();
    private int _kept;

    public async Task KeepAsync(string reason, byte[] raw, IPAddress? remote, CancellationToken cancellationToken)
    {
        WebhookMetrics.Rejected(reason);
        if (!MayKeep())
        {
            return;
        }

        try
        {
            await using var command = databases.Api.CreateCommand(
                "insert into rejected_notifications (reason, raw_payload, remote_address, received_at) values ($1, $2, $3, (select app_now()))");
            command.Parameters.Add(new() { Value = reason });
            command.Parameters.Add(new() { Value = raw });
            command.Parameters.Add(new() { Value = (object?)remote?.ToString() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            // The answer is the same with and without the evidence.
            logger.LogWarning("A rejected notification ({Reason}) could not be kept: {Error}.", reason, exception.SqlState ?? exception.GetType().Name);
        }
    }

    private bool MayKeep()
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_windowStart) > TimeSpan.FromMinutes(1))
            {
                _windowStart = time.GetTimestamp();
                _kept = 0;
            }

            return _kept++ < options.Value.RejectedKeptPerMinute;
        }
    }
}
