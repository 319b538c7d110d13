using System.Text.Json;

namespace BuatFilm.Core.Operations;

/// <summary>How a planned operation is to be started.</summary>
/// <param name="Reason">Null keeps the one of the plan.</param>
/// <param name="Delay">How long it can still be undone; null when the caller said nothing.</param>
/// <param name="Exclude">Null keeps what the plan leaves out.</param>
public sealed record OperationStart(string? Reason, TimeSpan? Delay, IReadOnlyList<RequeueHarm>? Exclude)
{
    private const int MaxDelaySeconds = 3600;

    /// <summary>Reads <c>{reason?, delaySeconds?, exclude?}</c>.</summary>
    /// <param name="errors">What is wrong, by the path of the member.</param>
    /// <returns>Null when anything is wrong.</returns>
    public static OperationStart? TryRead(JsonElement request, out IReadOnlyDictionary<string, string[]> errors)
    {
        var fields = new RequestFields();
        OperationStart? start = null;
        if (fields.IsObject(request))
        {
            var seconds = fields.Whole(request, "delaySeconds", "delaySeconds", 0, MaxDelaySeconds);
            start = new OperationStart(
                fields.Text(request, "reason", "reason", RequeuePlan.MaxReason),
                seconds is { } delay ? TimeSpan.FromSeconds(delay) : null,
                fields.Words<RequeueHarm>(request, "exclude", "exclude"));
        }

        errors = fields.Errors;
        return fields.HasErrors ? null : start;
    }
}

/// <summary>Why somebody does what needs no other word.</summary>
public sealed record GivenReason(string? Reason)
{
    /// <summary>Reads <c>{reason?}</c>.</summary>
    /// <param name="errors">What is wrong, by the path of the member.</param>
    /// <returns>Null when anything is wrong.</returns>
    public static GivenReason? TryRead(JsonElement request, out IReadOnlyDictionary<string, string[]> errors)
    {
        var fields = new RequestFields();
        var reason = fields.IsObject(request) ? fields.Text(request, "reason", "reason", RequeuePlan.MaxReason) : null;
        errors = fields.Errors;
        return fields.HasErrors ? null : new GivenReason(reason);
    }
}
