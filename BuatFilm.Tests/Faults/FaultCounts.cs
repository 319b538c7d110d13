namespace BuatFilm.Tests.Faults;

/// <summary>How often a fault is tried: seldom in the ordinary suite, often enough to mean something in the full one.</summary>
internal static class FaultCounts
{
    /// <summary><c>full</c> asks for the full counts.</summary>
    public const string Variable = "BUATFILM_FAULTS";

    public static bool IsFull => string.Equals(Environment.GetEnvironmentVariable(Variable), "full", StringComparison.OrdinalIgnoreCase);

    public static int Of(int quick, int full) => IsFull ? full : quick;
}
