using System.Text.Json;

namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>One Snap token, and the order it was made for.</summary>
/// <param name="OrderId">Midtrans' order id: the shop's, perhaps with a suffix from <c>~</c> on.</param>
/// <param name="GrossAmount">Whole rupiah.</param>
/// <param name="PaymentLifetime">How long a chosen method stays payable; null leaves it to the method.</param>
/// <param name="PaymentDeadline">Until when a method is payable, whenever it was chosen; null sets no such limit.</param>
/// <param name="Carried">Members of the request that come back in every notification: custom fields and metadata.</param>
internal sealed record SnapSession(
    string Token,
    string OrderId,
    long GrossAmount,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    TimeSpan? PaymentLifetime,
    DateTimeOffset? PaymentDeadline,
    SnapSessionEnd? End,
    IReadOnlyDictionary<string, JsonElement> Carried)
{
    public bool IsOpen(DateTimeOffset now) => End is null && now < (PaymentDeadline ?? ExpiresAt);
}

/// <summary>Why a token no longer opens the payment page.</summary>
internal enum SnapSessionEnd
{
    /// <summary>A later token for the same order took its place.</summary>
    Replaced,

    /// <summary>The merchant cancelled it.</summary>
    Cancelled,
}
