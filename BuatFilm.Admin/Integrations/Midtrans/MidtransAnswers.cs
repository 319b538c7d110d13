using BuatFilm.Core.Breakers;
using BuatFilm.Core.Payments;

namespace BuatFilm.Admin.Integrations.Midtrans;

/// <summary>How a Snap create ended.</summary>
internal enum SnapResult
{
    Created,

    /// <summary>Midtrans refused this order for good.</summary>
    Rejected,

    /// <summary>Midtrans knows the order id already: its customer has chosen a method, or an earlier create of ours took effect after all. GET status tells.</summary>
    Taken,

    /// <summary>May succeed later. If a call was made, its effect is not known; repeating it is safe.</summary>
    Unavailable,

    /// <summary>Midtrans refuses us: the server key or the account is wrong.</summary>
    Misconfigured,
}

/// <param name="Code">Short and stable, such as <c>http_500</c>, <c>timeout</c>, <c>breaker_open</c>.</param>
/// <param name="Messages">Midtrans' own words; written by others.</param>
/// <param name="RetryAfter">What Midtrans or the breaker asks us to wait; null when it says nothing.</param>
internal sealed record SnapAnswer(
    SnapResult Result,
    ServiceVerdict Verdict,
    string? Token = null,
    string? RedirectUrl = null,
    string? Code = null,
    IReadOnlyList<string>? Messages = null,
    TimeSpan? RetryAfter = null) : IServiceAnswer
{
    public bool IsRefusal => Result is SnapResult.Rejected or SnapResult.Taken;
}

/// <summary>How a question to GET status ended.</summary>
internal enum StatusResult
{
    Found,

    /// <summary>No such payment. For an order it means that no method was chosen yet.</summary>
    NotFound,
    Unavailable,
    Misconfigured,
}

/// <param name="Raw">The bytes of the answer, as evidence.</param>
internal sealed record StatusAnswer(
    StatusResult Result,
    ServiceVerdict Verdict,
    MidtransNotification? Payment = null,
    byte[]? Raw = null,
    string? Code = null,
    TimeSpan? RetryAfter = null) : IServiceAnswer
{
    public bool IsRefusal => Result == StatusResult.Unavailable && Verdict == ServiceVerdict.Answered;
}
