using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>Shows one person one notification as it arrived, customers' data included. It is on record before it is on the screen.</summary>
internal sealed class RevealPaymentEvent(PaymentEventQueries queries, Databases databases, RefusedActions refused)
{
    public const string Permission = Permissions.PaymentEventsReadRaw;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="reason">Why it must be seen.</param>
    /// <returns>Null when the person may not, or there is no such body any more.</returns>
    public async Task<string?> ExecuteAsync(ClaimsPrincipal? user, long id, string? reason, CancellationToken cancellationToken)
    {
        var actor = Access.ActorOf(user);
        var target = FormattableString.Invariant($"payment-event:{id}");
        if (user?.May(Permission) != true)
        {
            refused.Note(actor, Permission, target, "forbidden");
            return null;
        }

        if (await queries.FindAsync(id, withCustomer: true, cancellationToken) is not { Payload: { } payload } found)
        {
            return null;
        }

        var data = new Dictionary<string, object?>(StringComparer.Ordinal) { ["orderId"] = found.Event.MidtransOrderId };
        await AuditRows.AppendAsync(databases.Pages, actor, Permission, target, AuditOutcome.Done, reason, data, null, cancellationToken);
        return Pretty(payload);
    }

    private static string Pretty(string payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            return JsonSerializer.Serialize(document.RootElement, Indented);
        }
        catch (JsonException)
        {
            return payload;
        }
    }
}
