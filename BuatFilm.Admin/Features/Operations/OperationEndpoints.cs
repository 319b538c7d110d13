using System.Globalization;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Operations;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>Plan, start and cancel an operation, and requeue one dead letter.</summary>
internal static class OperationEndpoints
{
    /// <summary>Room for 10,000 ids, as numbers or as text.</summary>
    private const int MaxPlanBytes = 512 * 1024;

    private const int MaxBytes = 16 * 1024;

    public static void MapOperationCommands(this IEndpointRouteBuilder routes)
    {
        var ops = routes.MapOps();
        ops.MapPost("/dead-letters/{id}/requeue", RequeueAsync).RequirePermission(Permissions.DeadLettersRequeue);
        ops.MapPost("/operations/plan", PlanAsync).RequirePermission(Permissions.DeadLettersRequeue).RequirePermission(Permissions.OperationsStart);
        ops.MapPost("/operations/{id}/start", StartAsync).RequirePermission(Permissions.DeadLettersRequeue).RequirePermission(Permissions.OperationsStart);
        ops.MapPost("/operations/{id}/cancel", CancelAsync).RequirePermission(Permissions.OperationsStart);
    }

    private static Task<IResult> RequeueAsync(string id, HttpContext context, RequeueMessage requeue, CancellationToken cancellationToken) =>
        JsonRequest.HandleAsync<GivenReason>(context.Request, MaxBytes, isOptional: true, GivenReason.TryRead, async given =>
            long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var message)
            && await requeue.ExecuteAsync(context.User, message, given.Reason, cancellationToken) is { } outcome
                ? outcome.OperationId is { } operation ? Results.Ok(new RequeueAnswer(operation, "requeued")) : OperationProblems.NotDead(outcome.Standing!)
                : OperationProblems.MessageNotFound(),
            cancellationToken);

    private static Task<IResult> PlanAsync(HttpContext context, PlanRequeue planRequeue, IOptions<OperationsOptions> options, CancellationToken cancellationToken) =>
        JsonRequest.HandleAsync<RequeuePlan>(context.Request, MaxPlanBytes, isOptional: false, RequeuePlan.TryRead, async plan =>
            await planRequeue.ExecuteAsync(context.User, plan, cancellationToken) is { } planned
                ? Results.Ok(new PlanAnswer(planned.Id, WireName<OperationState>.Of(OperationState.Planned), planned.Counts, planned.ExpiresAt, (int)options.Value.UndoWindow.TotalSeconds))
                : OperationProblems.TooMany(),
            cancellationToken);

    /// <remarks>The undo window is for people: a program that says nothing of a delay means now.</remarks>
    private static Task<IResult> StartAsync(string id, HttpContext context, StartOperation startOperation, CancellationToken cancellationToken) =>
        JsonRequest.HandleAsync<OperationStart>(context.Request, MaxBytes, isOptional: true, OperationStart.TryRead, async start =>
        {
            if (!Guid.TryParse(id, out var operation))
            {
                return OperationProblems.NotFound();
            }

            var outcome = await startOperation.ExecuteAsync(context.User, operation, start with { Delay = start.Delay ?? TimeSpan.Zero }, cancellationToken);
            return outcome.Result switch
            {
                StartResult.Started => Results.Accepted($"{OpsApi.Path}/operations/{operation}", new StartAnswer(operation, WireName<OperationState>.Of(outcome.State!.Value), outcome.RunsAt!.Value)),
                StartResult.NotFound => OperationProblems.NotFound(),
                StartResult.NotPlanned => OperationProblems.NotPlanned(outcome.State!.Value),
                StartResult.Expired => OperationProblems.PlanExpired(),
            };
        },
        cancellationToken);

    private static Task<IResult> CancelAsync(string id, HttpContext context, CancelOperation cancelOperation, CancellationToken cancellationToken) =>
        JsonRequest.HandleAsync<GivenReason>(context.Request, MaxBytes, isOptional: true, GivenReason.TryRead, async given =>
        {
            if (!Guid.TryParse(id, out var operation) || await cancelOperation.ExecuteAsync(context.User, operation, given.Reason, cancellationToken) is not { } outcome)
            {
                return OperationProblems.NotFound();
            }

            return outcome.IsCancelled
                ? Results.Ok(new CancelAnswer(operation, WireName<OperationState>.Of(outcome.State), outcome.Total, outcome.Done, outcome.Skipped, outcome.Total - outcome.Done - outcome.Skipped))
                : OperationProblems.Over(outcome.State);
        },
        cancellationToken);
}
