using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Idempotency;
using BuatFilm.Core.Orders;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>Stores an order first, then asks Midtrans for its payment page; the answer is committed together with what it says.</summary>
/// <remarks>
/// Our own order id is the guard against a second page: a create that died or timed out is repeated under the same
/// id, and the newer token replaces the older.
/// </remarks>
internal sealed class PlaceOrder(Databases databases, MidtransClient midtrans, IOptions<OrdersOptions> options, Wakes wakes, TimeProvider time, ILogger<PlaceOrder> logger)
{
    /// <param name="write">Turns a refusal into the bytes that are kept.</param>
    /// <returns>The answer, committed; or a refusal that is not kept, so that the same request may be sent again.</returns>
    public async Task<IResult> ExecuteAsync(OrderDraft draft, string storefront, IdempotentExecution execution, Func<Problem, StoredAnswer> write)
    {
        var cancellationToken = execution.LeaseEnds;
        var owner = execution.Claim.Owner;
        var orderId = execution.Claim.ResourceId ?? draft.OrderId ?? OrderNumber.New(time.GetUtcNow());

        var known = execution.Claim.ResourceId is null ? null : await OrderRows.FindAsync(databases.Api, orderId, cancellationToken);
        if (known is null)
        {
            try
            {
                await OrderRows.SaveAsync(databases.Api, draft, orderId, storefront, owner, options.Value.Lease, execution.Created(orderId), cancellationToken);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                return OrderProblems.Exists();
            }
        }
        else if (!await OrderRows.TakeSessionAsync(databases.Api, orderId, owner, options.Value.Lease, cancellationToken))
        {
            return await AnswerWhatStandsAsync(orderId, execution, cancellationToken);
        }

        execution.ForeignCallStarted();
        var answer = await midtrans.CreateSnapAsync(ToSnap(draft, orderId), cancellationToken);

        // An earlier run's create may have taken effect; then it is our own id that Midtrans knows.
        var isOursPerhaps = known is not null && answer.Result == SnapResult.Taken;
        return await SettleAsync(orderId, isOursPerhaps ? answer with { Result = SnapResult.Unavailable } : answer, execution, write, cancellationToken);
    }

    private async Task<IResult> SettleAsync(string orderId, SnapAnswer answer, IdempotentExecution execution, Func<Problem, StoredAnswer> write, CancellationToken cancellationToken)
    {
        var owner = execution.Claim.Owner;
        await using var connection = await databases.Api.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        switch (answer.Result)
        {
            case SnapResult.Created:
                if (!await OrderRows.OpenSessionAsync(connection, orderId, owner, answer.Token!, answer.RedirectUrl!, cancellationToken))
                {
                    break;
                }

                // On this connection: while all are busy opening sessions, a second one would never come free.
                var order = (await OrderRows.FindAsync(connection, orderId, cancellationToken))!;
                return await CommitAsync(transaction, execution, OrderAnswers.Created(orderId, answer.Token!, answer.RedirectUrl!, order.ExpiresAt), cancellationToken);

            case SnapResult.Unavailable:
                var wait = options.Value.WaitOf(options.Value.RetryAfter, answer.RetryAfter);
                if (!await OrderRows.PostponeSessionAsync(connection, orderId, owner, wait, answer.Code ?? "unavailable", answer.Verdict != ServiceVerdict.NotCalled, cancellationToken))
                {
                    break;
                }

                logger.LogWarning("Order {OrderId} is queued: Midtrans gave no payment page ({Code}).", orderId, answer.Code);
                return await CommitAsync(transaction, execution, OrderAnswers.Queued(orderId, wait), cancellationToken);

            case SnapResult.Rejected or SnapResult.Taken:
                if (!await OrderRows.DropAsync(connection, orderId, owner, cancellationToken))
                {
                    break;
                }

                logger.LogWarning("Midtrans refused order {OrderId} ({Code}); it was not kept.", orderId, answer.Code);
                return await CommitAsync(transaction, execution, write(Refusal(answer)), cancellationToken);

            case SnapResult.Misconfigured:
                if (!await OrderRows.DropAsync(connection, orderId, owner, cancellationToken))
                {
                    break;
                }

                await MidtransAlerts.RaiseMisconfiguredAsync(connection, answer.Code, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                wakes.Alerts.Wake();
                execution.ForeignCallEnded();
                logger.LogError("Midtrans refuses this shop ({Code}): check Midtrans:ServerKey and Midtrans:IsProduction.", answer.Code);

                return OrderProblems.Misconfigured();
        }

        await transaction.RollbackAsync(cancellationToken);
        return await AnswerWhatStandsAsync(orderId, execution, cancellationToken);
    }

    /// <summary>Another run has made or is making the page: say where the order stands.</summary>
    private async Task<IResult> AnswerWhatStandsAsync(string orderId, IdempotentExecution execution, CancellationToken cancellationToken)
    {
        if (await OrderRows.FindAsync(databases.Api, orderId, cancellationToken) is not { } order)
        {
            return Problems.TemporarilyUnavailable();
        }

        var answer = OrderAnswers.OfPage(order) ?? OrderAnswers.Queued(orderId, options.Value.RetryAfter);

        await using var connection = await databases.Api.OpenConnectionAsync(cancellationToken);
        await execution.CompleteWithAsync(answer, connection, cancellationToken);
        return new JsonAnswer(answer);
    }

    private static async Task<IResult> CommitAsync(NpgsqlTransaction transaction, IdempotentExecution execution, StoredAnswer answer, CancellationToken cancellationToken)
    {
        await execution.CompleteWithAsync(answer, transaction.Connection!, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new JsonAnswer(answer);
    }

    private static Problem Refusal(SnapAnswer answer) => answer.Result == SnapResult.Taken ? OrderProblems.KnownToMidtrans() : OrderProblems.Rejected();

    private static SnapOrder ToSnap(OrderDraft draft, string orderId) => new(
        orderId,
        draft.GrossAmount,
        [.. draft.Items.Select(item => new SnapItem(item.Id, item.Name, item.Price, item.Quantity))],
        new SnapCustomer(draft.CustomerName, draft.CustomerEmail, draft.CustomerPhone),
        draft.ExpiresIn);
}
