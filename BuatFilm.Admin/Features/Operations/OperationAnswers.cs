using System.Text.Json;
using BuatFilm.Core;
using BuatFilm.Core.Operations;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>A plan, as the one who made it is told.</summary>
/// <param name="Counts"><c>{total, byChannel, customers, amount, alreadyDelivered, orderCancelled, orderPaid, notDead, oldest, newest}</c>; the amount is that of the orders concerned, in whole rupiah.</param>
/// <param name="ExpiresAt">Until then it can be started.</param>
/// <param name="UndoSeconds">How long a page lets a start be undone.</param>
internal sealed record PlanAnswer(Guid OperationId, string State, JsonElement Counts, DateTimeOffset ExpiresAt, int UndoSeconds);

/// <param name="RunsAt">When the first item may leave; until then it can be undone.</param>
internal sealed record StartAnswer(Guid OperationId, string State, DateTimeOffset RunsAt);

/// <param name="Left">Items that stayed as they were.</param>
internal sealed record CancelAnswer(Guid OperationId, string State, int Total, int Done, int Skipped, int Left);

/// <param name="Outcome"><c>requeued</c>.</param>
internal sealed record RequeueAnswer(Guid OperationId, string Outcome);

/// <summary>An operation and how far it is.</summary>
/// <param name="Filter">What its set was frozen from; null when it was a list.</param>
/// <param name="Exclude">Harms that are left out.</param>
/// <param name="Counts">What was counted when it was planned; at the end also <c>skippedBy</c>, by reason.</param>
/// <param name="Left">Items whose turn has not come; those of a cancelled one stayed as they were.</param>
/// <param name="RunsAt">When the first item may leave, or might; null before the start.</param>
internal sealed record OperationAnswer(
    Guid OperationId,
    string Action,
    string State,
    string Actor,
    string? Reason,
    JsonElement? Filter,
    JsonElement? Exclude,
    JsonElement Counts,
    int Total,
    int Done,
    int Skipped,
    int Left,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? RunsAt,
    DateTimeOffset? FinishedAt)
{
    public static OperationAnswer Of(Operation operation)
    {
        var set = JsonElement.Parse(operation.Filter);
        return new OperationAnswer(
            operation.Id,
            operation.Action,
            WireName<OperationState>.Of(operation.State),
            operation.Actor,
            operation.Reason,
            set.TryGetProperty("filter", out var filter) ? filter : null,
            set.TryGetProperty("exclude", out var exclude) ? exclude : null,
            JsonElement.Parse(operation.Counts),
            operation.Total,
            operation.Done,
            operation.Skipped,
            operation.Total - operation.Done - operation.Skipped,
            operation.CreatedAt,
            operation.StartedAt,
            operation.RunsAt,
            operation.FinishedAt);
    }
}

/// <summary>One line of the receipt.</summary>
/// <param name="Position">From 1, in the order in which they leave.</param>
/// <param name="Id">The message's number, as in the list of dead letters.</param>
/// <param name="MessageId">The name that its mail carries.</param>
/// <param name="State"><c>planned</c>, <c>done</c> or <c>skipped</c>.</param>
/// <param name="Reason">Why it was skipped.</param>
internal sealed record ReceiptLine(int Position, long Id, Guid? MessageId, string? OrderId, string? Kind, string? Channel, string State, string? Reason, DateTimeOffset? EndedAt);
