using System.Diagnostics.CodeAnalysis;

namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>Where one payment attempt stands at Midtrans.</summary>
/// <remarks>Challenge is a state of its own here; on the wire it is <c>capture</c> with <c>fraud_status</c> challenge.</remarks>
internal enum PaymentState
{
    Pending,
    Authorize,
    Challenge,
    Capture,
    Settlement,
    Deny,
    Cancel,
    Expire,
    Failure,
    PartialRefund,
    Refund,
    PartialChargeback,
    Chargeback,
}

/// <summary>The states' names and codes on the wire, and the moves Midtrans itself makes between them.</summary>
internal static class PaymentStates
{
    /// <summary>The value of <c>transaction_status</c>.</summary>
    public static string WireName(this PaymentState state) => state switch
    {
        PaymentState.Pending => "pending",
        PaymentState.Authorize => "authorize",
        PaymentState.Challenge => "capture",
        PaymentState.Capture => "capture",
        PaymentState.Settlement => "settlement",
        PaymentState.Deny => "deny",
        PaymentState.Cancel => "cancel",
        PaymentState.Expire => "expire",
        PaymentState.Failure => "failure",
        PaymentState.PartialRefund => "partial_refund",
        PaymentState.Refund => "refund",
        PaymentState.PartialChargeback => "partial_chargeback",
        PaymentState.Chargeback => "chargeback",
    };

    /// <summary>Reads an outcome as <c>/sandbox/api/pay</c> takes it: a <c>transaction_status</c>, or <c>challenge</c>.</summary>
    public static bool TryRead([NotNullWhen(true)] string? outcome, out PaymentState state)
    {
        foreach (var candidate in Enum.GetValues<PaymentState>())
        {
            var name = candidate == PaymentState.Challenge ? "challenge" : candidate.WireName();
            if (string.Equals(name, outcome, StringComparison.OrdinalIgnoreCase))
            {
                state = candidate;
                return true;
            }
        }

        state = default;
        return false;
    }

    /// <summary>The <c>status_code</c> in a notification.</summary>
    public static string NotificationCode(this PaymentState state) => state switch
    {
        PaymentState.Pending or PaymentState.Challenge => "201",
        PaymentState.Deny or PaymentState.Cancel or PaymentState.Expire or PaymentState.Failure => "202",
        PaymentState.Authorize or PaymentState.Capture or PaymentState.Settlement => "200",
        PaymentState.PartialRefund or PaymentState.Refund => "200",
        PaymentState.PartialChargeback or PaymentState.Chargeback => "200",
    };

    /// <summary>The <c>status_code</c> in the answer to GET status, which differs for expire and cancel.</summary>
    public static string StatusCode(this PaymentState state) => state switch
    {
        PaymentState.Expire => "407",
        PaymentState.Cancel => "200",
        PaymentState.Pending or PaymentState.Authorize or PaymentState.Challenge or PaymentState.Capture
            or PaymentState.Settlement or PaymentState.Deny or PaymentState.Failure or PaymentState.PartialRefund
            or PaymentState.Refund or PaymentState.PartialChargeback or PaymentState.Chargeback => state.NotificationCode(),
    };

    /// <summary>Money has been taken, or will be without further doing.</summary>
    public static bool IsPaid(this PaymentState state) => state is PaymentState.Capture or PaymentState.Settlement
        or PaymentState.PartialRefund or PaymentState.Refund or PaymentState.PartialChargeback or PaymentState.Chargeback;

    public static bool GivesBack(this PaymentState state) => state is PaymentState.PartialRefund or PaymentState.Refund
        or PaymentState.PartialChargeback or PaymentState.Chargeback;

    /// <summary>Whether Midtrans moves one attempt from the one state to the other by itself or by its merchant's call.</summary>
    public static bool MayBecome(this PaymentState from, PaymentState to, PaymentMethod method) => from switch
    {
        PaymentState.Pending => !to.GivesBack() && to != PaymentState.Pending,
        PaymentState.Authorize => to is PaymentState.Capture or PaymentState.Cancel or PaymentState.Expire,
        PaymentState.Challenge => to is PaymentState.Capture or PaymentState.Deny or PaymentState.Cancel or PaymentState.Settlement,
        PaymentState.Capture => to is PaymentState.Settlement or PaymentState.Cancel,
        PaymentState.Settlement => to.GivesBack() || (to == PaymentState.Deny && method.MayBeReversed),
        PaymentState.PartialRefund => to is PaymentState.PartialRefund or PaymentState.Refund or PaymentState.Chargeback,
        PaymentState.PartialChargeback => to is PaymentState.PartialChargeback or PaymentState.Chargeback,
        PaymentState.Deny or PaymentState.Cancel or PaymentState.Expire or PaymentState.Failure => false,
        PaymentState.Refund or PaymentState.Chargeback => false,
    };
}
