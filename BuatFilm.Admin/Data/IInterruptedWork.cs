using BuatFilm.Core.Idempotency;
using Npgsql;

namespace BuatFilm.Admin.Data;

/// <summary>Knows what became of the requests of one kind whose run ended before its answer was kept.</summary>
internal interface IInterruptedWork
{
    /// <param name="scope">Who asked for what: <c>client|METHOD|route</c>.</param>
    /// <returns>True when such requests are its own.</returns>
    bool Owns(string scope);

    /// <summary>Finds the answer in the rows that the run has left, and sees to it that what is unfinished goes on, all within the caller's transaction.</summary>
    /// <param name="resourceId">What the run had made.</param>
    Task<InterruptedOutcome> SettleAsync(string resourceId, NpgsqlConnection connection, CancellationToken cancellationToken);
}

/// <summary>What became of an interrupted request.</summary>
internal abstract record InterruptedOutcome
{
    /// <summary>Its final answer.</summary>
    public sealed record Answered(StoredAnswer Answer) : InterruptedOutcome;

    /// <summary>Nothing of it is left: the key is free, and the same request starts afresh.</summary>
    public sealed record Nothing : InterruptedOutcome;

    /// <summary>Somebody is at it right now; look again later.</summary>
    public sealed record NotYet : InterruptedOutcome;
}
