using System.Globalization;
using System.Text.Json;

namespace BuatFilm.Tests.Faults;

/// <summary>What a fault test did and saw, as one line of JSON.</summary>
internal static class FaultReport
{
    /// <summary>Repeats a run: the seed that an earlier one printed.</summary>
    public const string SeedVariable = "BUATFILM_FAULT_SEED";

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>A seed for this run, printed at once so that a failure can be repeated.</summary>
    public static int NewSeed(string fault)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var given)
            ? given
            : Random.Shared.Next();
        Print(string.Create(CultureInfo.InvariantCulture, $"{fault}: seed {seed}"));
        return seed;
    }

    /// <param name="figures">An anonymous object.</param>
    public static void Write(string fault, object figures) => Print(JsonSerializer.Serialize(new { Fault = fault, Figures = figures }, Web));

    private static void Print(string line)
    {
        TestContext.Current.SendDiagnosticMessage(line);
        Console.WriteLine(line);
    }
}
