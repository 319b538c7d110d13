using BuatFilm.Admin.Data;
using BuatFilm.Core.Idempotency;
using Hangfire;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuatFilm.Admin.Features.Idempotency;

/// <summary>Gives requests whose run died, or ended without knowing what it did, their final answer. Hangfire runs it every 30 s; the next run makes up for a failed one.</summary>
/// <remarks>
/// The feature that owns the request finds the answer in its rows. The key is taken over first, so a run that is
/// alive after all cannot commit another answer; and the answer is committed together with what it rests on.
/// </remarks>
[AutomaticRetry(Attempts = 0)]
internal sealed partial class CompleteInDoubtJob(IdempotencyRows rows, Databases databases, IEnumerable<IInterruptedWork> work, IOptions<IdempotencyOptions> options, ILogger<CompleteInDoubtJob> logger)
{
    /// <summary>A client that repeats its request after a lost answer does so sooner, and gets a payment page in its answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int BatchSize = 50;

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        List<IdempotencyClaim> claims;
        do
        {
            claims = await rows.ClaimInterruptedAsync(BatchSize, Patience, options.Value.Lease, cancellationToken);
            foreach (var claim in claims)
            {
                await CompleteAsync(claim, cancellationToken);
            }
        }
        while (claims.Count == BatchSize);
    }

    private async Task CompleteAsync(IdempotencyClaim claim, CancellationToken cancellationToken)
    {
        if (claim.ResourceId is not { } resourceId)
        {
            // It died between the claim and the work.
            await rows.ReleaseAsync(claim, cancellationToken);
            LogCompleted(claim.Scope, claim.ResourceId, "nothing was made");
            return;
        }

        if (work.FirstOrDefault(owner => owner.Owns(claim.Scope)) is not { } owner)
        {
            // The same request, when it comes again, continues there.
            await rows.ReleaseAsync(claim, cancellationToken);
            return;
        }

        try
        {
            await SettleAsync(claim, resourceId, owner, cancellationToken);
        }
#pragma warning disable CA1031 // One key that fails must not keep the others in doubt; its lease ends, and the next run tries again.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogFailed(exception, claim.Scope, resourceId);
        }
    }

    private async Task SettleAsync(IdempotencyClaim claim, string resourceId, IInterruptedWork owner, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Workers.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        switch (await owner.SettleAsync(resourceId, connection, cancellationToken))
        {
            case InterruptedOutcome.Answered answered:
                await using (var batch = new NpgsqlBatch(connection))
                {
                    batch.BatchCommands.Add(rows.Completed(claim, answered.Answer, options.Value.Retention));
                    await batch.ExecuteNonQueryAsync(cancellationToken);
                }

                await transaction.CommitAsync(cancellationToken);
                LogCompleted(claim.Scope, resourceId, "its answer is kept");
                break;
            case InterruptedOutcome.Nothing:
                await transaction.RollbackAsync(cancellationToken);
                await rows.DropAsync(claim, cancellationToken);
                LogCompleted(claim.Scope, resourceId, "nothing of it is left");
                break;
            case InterruptedOutcome.NotYet:
                await transaction.RollbackAsync(cancellationToken);
                await rows.MarkInDoubtAsync(claim, cancellationToken);
                break;
        }
    }

    [LoggerMessage(LogLevel.Information, "An interrupted request to {Scope} is settled: {What}. Resource: {ResourceId}.")]
    private partial void LogCompleted(string scope, string? resourceId, string what);

    [LoggerMessage(LogLevel.Warning, "An interrupted request to {Scope} could not be settled; it is tried again. Resource: {ResourceId}.")]
    private partial void LogFailed(Exception exception, string scope, string resourceId);
}
