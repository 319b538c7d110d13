using System.Text.Json;

namespace BuatFilm.Core.Outbox;

/// <summary>Which dead letters somebody means; what is null does not matter, and the rest must all hold.</summary>
/// <param name="Search">Part of an order id, a recipient, a message id, an error or its code; letter case does not count.</param>
/// <param name="Cause">Such as <c>refused</c>.</param>
/// <param name="Kind">Such as <c>payment_received</c>.</param>
/// <param name="Code">The code of the last attempt, such as <c>550</c>.</param>
/// <param name="DeadAfter">In UTC; dead at or after it.</param>
/// <param name="DeadBefore">In UTC; dead before it.</param>
public sealed record DeadLetterFilter(
    Channel? Channel = null,
    string? Search = null,
    string? Cause = null,
    string? Kind = null,
    string? Code = null,
    string? OrderId = null,
    DateTimeOffset? DeadAfter = null,
    DateTimeOffset? DeadBefore = null)
{
    private const int MaxSearch = 200;
    private const int MaxWord = 64;

    /// <summary>Reads the members <c>channel</c>, <c>q</c>, <c>cause</c>, <c>kind</c>, <c>code</c>, <c>orderId</c>, <c>deadAfter</c> and <c>deadBefore</c>.</summary>
    /// <param name="errors">Gets what is wrong.</param>
    /// <param name="path">What stands before a member's name in <paramref name="errors"/>, such as <c>filter.</c>.</param>
    public static DeadLetterFilter Read(JsonElement request, RequestFields errors, string path = "")
    {
        ArgumentNullException.ThrowIfNull(errors);

        return new DeadLetterFilter(
            errors.Word<Channel>(request, "channel", path + "channel"),
            errors.Text(request, "q", path + "q", MaxSearch),
            errors.Text(request, "cause", path + "cause", MaxWord),
            errors.Text(request, "kind", path + "kind", MaxWord),
            errors.Text(request, "code", path + "code", MaxWord),
            errors.Text(request, "orderId", path + "orderId", MaxWord),
            errors.Instant(request, "deadAfter", path + "deadAfter"),
            errors.Instant(request, "deadBefore", path + "deadBefore"));
    }
}
