using System.Globalization;
using System.Text.Json;

namespace BuatFilm.Bench;

/// <param name="Goal">In words; null for a figure without one.</param>
/// <param name="Verdict">met, not met, noisy, too short or -.</param>
internal sealed record Measure(string Row, string Name, double Value, string Unit, string? Goal, string Verdict);

/// <summary>Collects the figures, prints them as a table and keeps them as JSON.</summary>
/// <param name="isQuick">Then there are no verdicts.</param>
internal sealed class Report(bool isQuick)
{
    private readonly List<Measure> _measures = [];
    private readonly List<string> _notes = [];

    public void Add(string row, string name, double value, string unit) => _measures.Add(new Measure(row, name, value, unit, null, "-"));

    public void AtLeast(string row, string name, double value, string unit, double goal, bool noisy) =>
        _measures.Add(new Measure(row, name, value, unit, string.Create(CultureInfo.InvariantCulture, $">= {goal:0.##}"), Verdict(value >= goal, noisy)));

    public void AtMost(string row, string name, double value, string unit, double goal, bool noisy) =>
        _measures.Add(new Measure(row, name, value, unit, string.Create(CultureInfo.InvariantCulture, $"<= {goal:0.##}"), Verdict(value <= goal, noisy)));

    public void Note(string text) => _notes.Add(text);

    public void Print()
    {
        Console.WriteLine();
        Console.WriteLine($"{"",-8} {"",-58} {"value",12} {"",-10} {"goal",-9} verdict");
        foreach (var measure in _measures)
        {
            var value = measure.Value.ToString(measure.Value >= 100 ? "#,0" : "0.00", CultureInfo.InvariantCulture);
            Console.WriteLine($"{measure.Row,-8} {measure.Name,-58} {value,12} {measure.Unit,-10} {measure.Goal,-9} {measure.Verdict}");
        }

        Console.WriteLine();
        foreach (var note in _notes)
        {
            Console.WriteLine($"- {note}");
        }
    }

    public async Task<string> SaveAsync(string folder, BenchOptions options, string postgres, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture) + ".json");
        await using var stream = File.Create(file);
        await JsonSerializer.SerializeAsync(
            stream,
            new { at = now, quick = options.IsQuick, rounds = options.Rounds, processors = Environment.ProcessorCount, postgres, dotnet = Environment.Version.ToString(), measures = _measures, notes = _notes },
            Indented,
            cancellationToken);
        return file;
    }

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private string Verdict(bool met, bool noisy) => isQuick ? "too short" : noisy ? "noisy" : met ? "met" : "not met";
}
