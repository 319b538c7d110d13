using BuatFilm.Admin.Http;
using BuatFilm.Core;
using BuatFilm.Core.Operations;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>The refusals of operations.</summary>
internal static class OperationProblems
{
    public static Problem NotFound() =>
        new(StatusCodes.Status404NotFound, "operation_not_found", "There is no such operation. Check the operationId; a plan that nobody started is removed after a while.");

    public static Problem MessageNotFound() =>
        new(StatusCodes.Status404NotFound, "dead_letter_not_found", "There is no such message. Check the id.");

    /// <param name="standing">As the outbox has it: <c>pending</c>, <c>retrying</c>, <c>processing</c> or <c>sent</c>.</param>
    public static Problem NotDead(string standing) => new(StatusCodes.Status409Conflict, "not_dead", standing switch
    {
        "sent" => "Nothing to do: this message was sent.",
        "processing" => "Nothing to do: this message was requeued already and is being sent.",
        _ => "Nothing to do: this message was requeued already and waits for its delivery.",
    })
    { Extensions = Standing(standing) };

    public static Problem NotPlanned(OperationState state) =>
        new(StatusCodes.Status409Conflict, "operation_not_planned", "An operation is started once, and this one was already. Look at its state, or make a new plan.") { Extensions = Standing(WireName<OperationState>.Of(state)) };

    public static Problem PlanExpired() =>
        new(StatusCodes.Status409Conflict, "plan_expired", "This plan is too old: what it counted may not be true any more. Make a new one.") { Extensions = Standing(WireName<OperationState>.Of(OperationState.Planned)) };

    public static Problem Over(OperationState state) =>
        new(StatusCodes.Status409Conflict, "operation_over", "This operation is over; there is nothing left to stop.") { Extensions = Standing(WireName<OperationState>.Of(state)) };

    public static Problem TooMany() =>
        Problems.Validation(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["filter"] = [$"It means more than {RequeuePlan.MaxItems} dead letters; narrow it."] });

    /// <summary>Where the thing stands, which is why it is refused; a word for programs.</summary>
    private static Dictionary<string, object> Standing(string state) => new(StringComparer.Ordinal) { ["state"] = state };
}
