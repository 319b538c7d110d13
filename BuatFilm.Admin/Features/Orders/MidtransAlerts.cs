using BuatFilm.Admin.Data;
using BuatFilm.Core.Alerts;
using Npgsql;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>Alerts about our account at Midtrans.</summary>
internal static class MidtransAlerts
{
    public static Task RaiseMisconfiguredAsync(NpgsqlConnection connection, string? code, CancellationToken cancellationToken) => AlertRows.RaiseAsync(
        connection,
        "midtrans_misconfigured",
        AlertSeverity.Critical,
        "midtrans",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["code"] = code ?? string.Empty },
        "midtrans_misconfigured",
        cancellationToken);
}
