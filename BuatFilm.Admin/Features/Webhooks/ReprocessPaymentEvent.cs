using System.Globalization;
using System.Security.Claims;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Auditing;
using BuatFilm.Core.Webhooks;
using Npgsql;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>Has Midtrans asked again about a stored event, and what it says applied. A person's word alone moves no money.</summary>
internal sealed class ReprocessPaymentEvent(Databases databases, VerifyPaymentEvent verify, RefusedActions refused, Wakes wakes)
{
    public const string Permission = Permissions.PaymentEventsReprocess;

    private const int MaxReason = 500;

    private const string Find = """
        select e.outcome, e.verified_at, e.midtrans_order_id, exists (select 1 from payment_sessions s where s.midtrans_order_id = e.midtrans_order_id)
        from payment_events e where e.id = $1
        """;

    private const string Read = """
        select e.outcome, e.reason, e.verified_at, exists (select 1 from payment_event_checks c where c.event_id = e.id)
        from payment_events e where e.id = $1
        """;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly PaymentEventChecks _checks = new(databases.Workers);

    /// <exception cref="UnauthorizedAccessException">The person or program may not.</exception>
    public async Task<ReprocessOutcome> ExecuteAsync(ClaimsPrincipal? user, long eventId, string? reason, CancellationToken cancellationToken)
    {
        var actor = user.Demand((who, permission) => refused.Note(who, permission, FormattableString.Invariant($"payment-event:{eventId}"), "forbidden"), Permission);
        if (await PrepareAsync(eventId, actor, reason, cancellationToken) is { } needless)
        {
            return needless;
        }

        var owner = Guid.NewGuid();
        if (await _checks.ClaimOneAsync(eventId, owner, Lease, cancellationToken) is { } check)
        {
#pragma warning disable CA5394 // Spreads retries; nothing secret.
            // Not cancelled by a caller who hangs up: what Midtrans says is to be written.
            await verify.ExecuteAsync(check, owner, Random.Shared.NextDouble(), CancellationToken.None);
#pragma warning restore CA5394
        }
        else
        {
            wakes.Checks.Wake();
        }

        await using var connection = await databases.Workers.OpenConnectionAsync(cancellationToken);
        var (settled, waits) = (await connection.ListAsync(
            Read,
            reader => (new ReprocessedEvent(eventId, reader.GetString(0), reader.Text(1), reader.InstantOrNull(2)), reader.GetBoolean(3)),
            cancellationToken,
            eventId)).Single();
        return waits ? new ReprocessOutcome.Waits(settled) : new ReprocessOutcome.Settled(settled);
    }

    /// <summary>Puts the question into the queue, together with who asked for it.</summary>
    /// <returns>Null when it is there.</returns>
    private async Task<ReprocessOutcome?> PrepareAsync(long eventId, string actor, string? reason, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Workers.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var found = await connection.ListAsync(
            Find,
            reader => (Outcome: WireName<EventOutcome>.Parse(reader.GetString(0)), IsVerified: !reader.IsDBNull(1), MidtransOrderId: reader.GetString(2), HasOrder: reader.GetBoolean(3)),
            cancellationToken,
            eventId);
        if (found.Count == 0)
        {
            return new ReprocessOutcome.NotFound();
        }

        var (outcome, isVerified, midtransOrderId, hasOrder) = found[0];
        var why = RefusalOf(outcome, isVerified, hasOrder);
        if (why is null)
        {
            await PaymentEventChecks.AddAsync(connection, eventId, cancellationToken);
        }

        await AuditAsync(connection, eventId, actor, midtransOrderId, outcome, why, reason, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return why is null ? null : new ReprocessOutcome.NothingToDo(why);
    }

    /// <returns>Why there is nothing to ask; null when there is something.</returns>
    internal static string? RefusalOf(EventOutcome outcome, bool isVerified, bool hasOrder)
    {
        if (!hasOrder)
        {
            return "No order is known here under the id that Midtrans sent. Place it, or ask Midtrans whose payment it is.";
        }

        return outcome switch
        {
            EventOutcome.PendingVerification or EventOutcome.Mismatch or EventOutcome.Refuted or EventOutcome.UnknownOrder => null,
            EventOutcome.Applied => isVerified ? "The event was applied, and Midtrans has confirmed it." : null,
            EventOutcome.Duplicate or EventOutcome.IgnoredStale => "The event says nothing that the payment is not past.",
            EventOutcome.Unsupported => "The event is of a kind that this shop has no use for.",
        };
    }

    private static Task AuditAsync(NpgsqlConnection connection, long eventId, string actor, string midtransOrderId, EventOutcome before, string? why, string? reason, CancellationToken cancellationToken)
    {
        var given = reason is null ? null : new string([.. reason.Where(letter => !char.IsControl(letter)).Take(MaxReason)]);
        return AuditRows.AppendAsync(
            connection,
            actor,
            Permissions.PaymentEventsReprocess,
            $"payment-event:{eventId.ToString(CultureInfo.InvariantCulture)}",
            why is null ? AuditOutcome.Done : AuditOutcome.Refused,
            given ?? why,
            new Dictionary<string, object?>(StringComparer.Ordinal) { ["orderId"] = midtransOrderId, ["before"] = WireName<EventOutcome>.Of(before) },
            null,
            cancellationToken);
    }
}

/// <summary>What came of having an event looked at again.</summary>
internal abstract record ReprocessOutcome
{
    public sealed record NotFound : ReprocessOutcome;

    public sealed record NothingToDo(string Why) : ReprocessOutcome;

    /// <summary>Midtrans has spoken.</summary>
    public sealed record Settled(ReprocessedEvent Event) : ReprocessOutcome;

    /// <summary>Midtrans could not be asked yet; it is asked again by itself.</summary>
    public sealed record Waits(ReprocessedEvent Event) : ReprocessOutcome;
}

/// <param name="Outcome">What has become of the event.</param>
/// <param name="Reason">Why it was not applied; null when it was.</param>
internal sealed record ReprocessedEvent(long EventId, string Outcome, string? Reason, DateTimeOffset? VerifiedAt);
