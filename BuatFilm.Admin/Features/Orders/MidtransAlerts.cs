using Npgsql;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>Alerts about our account at Midtrans.</summary>
internal static class MidtransAlerts
{
    public static async Task RaiseMisconfiguredAsync(NpgsqlConnection connection, string? code, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into alerts (kind, severity, target, data, dedupe_key)
            values ('midtrans_misconfigured', 'critical', 'midtrans', jsonb_build_object('code', $1::text), 'midtrans_misconfigured')
            on conflict (dedupe_key) where resolved_at is null do nothing
            """,
            connection)
        { Parameters = { new() { Value = code ?? string.Empty } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
