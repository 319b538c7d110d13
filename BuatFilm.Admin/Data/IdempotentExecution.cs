using System.Text.Json;
using BuatFilm.Core.Idempotency;
using Npgsql;

namespace BuatFilm.Admin.Data;

/// <summary>One run of a request that holds an idempotency key, as its use case sees it.</summary>
/// <remarks>
/// The use case puts <see cref="Created"/> and <see cref="CompleteWith"/> into its own transactions, and then returns the very
/// answer that it completed with. When another run has taken over, both statements fail and undo the transaction.
/// </remarks>
internal sealed class IdempotentExecution(IdempotencyClaim claim, JsonElement request, IdempotencyRows rows, TimeSpan retention, CancellationToken leaseEnds)
{
    /// <summary>The run. A <see cref="IdempotencyClaim.ResourceId"/> says what an earlier one made: continue that.</summary>
    public IdempotencyClaim Claim => claim;

    /// <summary>The body: valid, free of duplicate members. It must not be used after the answer.</summary>
    public JsonElement Request => request;

    /// <summary>Ends with the lease, and not when the client hangs up: half an order is worse than an answer nobody reads.</summary>
    public CancellationToken LeaseEnds => leaseEnds;

    /// <summary>The answer that the use case completed with; null while it has not.</summary>
    public StoredAnswer? Answer { get; private set; }

    /// <summary>True once a foreign service may have done something.</summary>
    public bool HasCalledForeign { get; private set; }

    /// <exception cref="InvalidOperationException">The route takes no idempotency key.</exception>
    public static IdempotentExecution Of(HttpContext context) =>
        context.Features.Get<IdempotentExecution>() ?? throw new InvalidOperationException("This route does not require an idempotency key.");

    /// <summary>For the transaction that makes the resource: a run that takes over is told its id.</summary>
    public NpgsqlBatchCommand Created(string resourceId) => IdempotencyRows.Created(claim, resourceId);

    /// <summary>For the transaction that ends the work: from its commit on, the answer is replayed.</summary>
    public NpgsqlBatchCommand CompleteWith(StoredAnswer answer)
    {
        Answer = answer;
        return rows.Completed(claim, answer, retention);
    }

    /// <summary>The same for a transaction that is open on a connection, such as one of EF Core.</summary>
    public Task CreatedAsync(string resourceId, NpgsqlConnection connection, CancellationToken cancellationToken) =>
        ExecuteAsync(Created(resourceId), connection, cancellationToken);

    /// <inheritdoc cref="CreatedAsync"/>
    public Task CompleteWithAsync(StoredAnswer answer, NpgsqlConnection connection, CancellationToken cancellationToken) =>
        ExecuteAsync(CompleteWith(answer), connection, cancellationToken);

    /// <summary>Says that a call goes out now. A failure from here on leaves the key in doubt, until <see cref="ForeignCallEnded"/>.</summary>
    public void ForeignCallStarted() => HasCalledForeign = true;

    /// <summary>Says that the foreign service gave a definite answer, or certainly was not reached.</summary>
    public void ForeignCallEnded() => HasCalledForeign = false;

    private static async Task ExecuteAsync(NpgsqlBatchCommand command, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
