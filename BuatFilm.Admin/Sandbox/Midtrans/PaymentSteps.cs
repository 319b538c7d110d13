using System.Globalization;
using System.Security.Cryptography;

namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>How one payment gets from state to state, and what each step does to it. Decides only; the book keeps.</summary>
internal static class PaymentSteps
{
    /// <summary>How long a card's money is held for the merchant to take.</summary>
    public static readonly TimeSpan AuthorizationLifetime = TimeSpan.FromDays(7);

    // The ways to an outcome that takes more than one step.
    private static readonly PaymentState[][] Detours =
    [
        [],
        [PaymentState.Settlement],
        [PaymentState.Capture],
        [PaymentState.Capture, PaymentState.Settlement],
    ];

    /// <summary>The steps from one state to another, the last one being that other; null when no way leads there.</summary>
    public static PaymentState[]? Find(PaymentState from, PaymentState to, PaymentMethod method)
    {
        foreach (var detour in Detours)
        {
            PaymentState[] steps = [.. detour, to];
            var at = from;
            if (steps.All(step => Move(ref at, step, method)))
            {
                return steps;
            }
        }

        return null;
    }

    /// <summary>The payment after one step.</summary>
    /// <param name="amount">Whole rupiah to pay or to give back; null takes what is natural for the step.</param>
    public static Payment Take(Payment payment, PaymentState step, long? amount, DateTimeOffset now)
    {
        switch (step)
        {
            case PaymentState.PartialRefund:
                return GiveBack(payment, amount ?? Half(payment), key: null, reason: null, online: true, now);

            case PaymentState.Refund:
                return GiveBack(payment, amount ?? payment.Remaining, key: null, reason: null, online: true, now);

            case PaymentState.PartialChargeback:
                var taken = payment.ChargedBack + (amount ?? Half(payment));
                var state = taken + payment.Refunded == payment.GrossAmount ? PaymentState.Chargeback : PaymentState.PartialChargeback;
                return payment.Become(state, now) with { ChargedBack = taken };

            case PaymentState.Chargeback:
                return payment.Become(PaymentState.Chargeback, now) with { ChargedBack = payment.GrossAmount - payment.Refunded };

            case PaymentState.Pending:
            case PaymentState.Authorize:
            case PaymentState.Challenge:
            case PaymentState.Capture:
            case PaymentState.Settlement:
            case PaymentState.Deny:
            case PaymentState.Cancel:
            case PaymentState.Expire:
            case PaymentState.Failure:
            default:
                var moved = payment.Become(step, now);
                if (step == PaymentState.Authorize)
                {
                    moved = moved with { ExpiresAt = now + AuthorizationLifetime };
                }

                return amount is { } given ? moved with { GrossAmount = given } : moved;
        }
    }

    /// <summary>The payment after a refund was requested; the bank has yet to confirm it.</summary>
    /// <param name="amount">Whole rupiah, at most what remains.</param>
    /// <param name="key">Null makes one up.</param>
    public static Payment GiveBack(Payment payment, long amount, string? key, string? reason, bool online, DateTimeOffset now)
    {
        var refund = new PaymentRefund(
            key ?? "sandbox-" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..16],
            RandomNumberGenerator.GetInt32(100_000, int.MaxValue),
            Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture),
            amount,
            reason,
            online,
            now,
            ConfirmedAt: null);

        var state = amount == payment.Remaining ? PaymentState.Refund : PaymentState.PartialRefund;
        return payment.Become(state, now) with { Refunds = [.. payment.Refunds, refund] };
    }

    /// <summary>A number such as the method's provider would show to the customer.</summary>
    public static string NumberFor(PaymentMethod method) => method switch
    {
        { Type: "credit_card" } => Digits(13),
        { Provider: "permata" } => "8562" + Digits(12),
        { Type: "bank_transfer" } => "81720" + Digits(12),
        { Type: "echannel" } => "8172" + Digits(8),
        { Type: "cstore" } => "2581" + Digits(10),
        _ => Digits(20),
    };

    private static bool Move(ref PaymentState at, PaymentState step, PaymentMethod method)
    {
        if (!at.MayBecome(step, method))
        {
            return false;
        }

        at = step;
        return true;
    }

    private static long Half(Payment payment) => Math.Max(1, payment.Remaining / 2);

    private static string Digits(int count) => RandomNumberGenerator.GetString("0123456789", count);
}
