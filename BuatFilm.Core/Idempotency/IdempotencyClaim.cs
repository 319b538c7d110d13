namespace BuatFilm.Core.Idempotency;

/// <summary>The right to execute one request, held by one run of it.</summary>
/// <param name="Scope">Who asked for what: <c>client|METHOD|route</c>.</param>
/// <param name="Key">The client's <c>Idempotency-Key</c>, 1 to 255 printable ASCII characters.</param>
/// <param name="Owner">Fencing token of this run: when another run took over, nothing that this one writes takes effect.</param>
/// <param name="Attempt">Which run this is, from 1.</param>
/// <param name="ResourceId">What an earlier run that died had made, so that this one continues it; null when nothing was.</param>
public sealed record IdempotencyClaim(string Scope, string Key, Guid Owner, int Attempt, string? ResourceId);

/// <summary>An answer as it is kept and replayed, byte by byte.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Headers">Header names and values that belong to the answer, such as <c>Location</c>.</param>
/// <param name="Body">The bytes of the body.</param>
public sealed record StoredAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body);

public enum IdempotencyState
{
    Running,
    Done,

    /// <summary>A foreign call was made and its effect is not known.</summary>
    InDoubt,
}

/// <summary>One key and what its request came to.</summary>
public sealed class IdempotencyEntry
{
    public required string Scope { get; init; }

    public required string Key { get; init; }

    /// <summary>SHA-256 over the canonical request.</summary>
    public required byte[] Fingerprint { get; init; }

    public IdempotencyState State { get; private set; }

    public Guid Owner { get; private set; }

    public DateTimeOffset LeaseUntil { get; private set; }

    public int Attempt { get; private set; }

    public string? ResourceId { get; private set; }

    public int? Status { get; private set; }

    /// <summary>A flat JSON object; null until done.</summary>
    public string? Headers { get; private set; }

    /// <summary>Encrypted with the data-protection keys: it holds Snap tokens.</summary>
    public byte[]? Body { get; private set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; private set; }
}
