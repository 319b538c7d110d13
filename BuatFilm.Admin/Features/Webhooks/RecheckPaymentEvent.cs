using System.Security.Claims;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>A person at a page has Midtrans asked again about an event.</summary>
internal sealed class RecheckPaymentEvent(ReprocessPaymentEvent reprocess, RefusedActions refused)
{
    public const string Permission = Permissions.PaymentEventsReprocess;

    /// <param name="reason">Goes into the audit log; null for none.</param>
    /// <returns>Null when the person may not.</returns>
    public async Task<ReprocessOutcome?> ExecuteAsync(ClaimsPrincipal? user, long id, string? reason, CancellationToken cancellationToken)
    {
        var actor = Access.ActorOf(user);
        if (user?.May(Permission) != true)
        {
            refused.Note(actor, Permission, FormattableString.Invariant($"payment-event:{id}"), "forbidden");
            return null;
        }

        return await reprocess.ExecuteAsync(id, actor, reason, cancellationToken);
    }
}
