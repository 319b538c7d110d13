namespace BuatFilm.Admin.Sandbox.Faults;

/// <summary>How a stand-in misbehaves.</summary>
internal enum FaultMode
{
    /// <summary>It works.</summary>
    Ok,

    /// <summary>Its port refuses connections.</summary>
    Down,

    /// <summary>It answers with its protocol's passing failure: HTTP 500, SMTP 451.</summary>
    Error,

    /// <summary>It answers late.</summary>
    Slow,

    /// <summary>It accepts and says nothing.</summary>
    Hang,

    /// <summary>It answers with its protocol's permanent refusal.</summary>
    Refuse,
}

/// <summary>A way to misbehave, and how often.</summary>
/// <param name="Rate">The share of calls affected, from 0 to 1.</param>
/// <param name="Delay">How late <see cref="FaultMode.Slow"/> answers.</param>
/// <param name="Seed">Which calls are affected when <paramref name="Rate"/> is below 1; the same seed, the same ones.</param>
internal sealed record Fault(FaultMode Mode, double Rate, TimeSpan Delay, int Seed)
{
    public static readonly Fault None = new(FaultMode.Ok, Rate: 1, TimeSpan.FromSeconds(3), Seed: 0);

    /// <summary>True when the port itself is to be closed rather than some of its calls spoilt.</summary>
    public bool ClosesPort => Mode == FaultMode.Down && Rate >= 1;
}
