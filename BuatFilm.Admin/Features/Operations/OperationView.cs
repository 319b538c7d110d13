using System.Text.Json;
using BuatFilm.Core;
using BuatFilm.Core.Operations;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>An operation as pages show it; compared by value.</summary>
/// <param name="Set">What its set was frozen from, as JSON: <c>{filter|ids, exclude}</c>.</param>
/// <param name="Counts">What was counted when it was planned, as JSON.</param>
public sealed record OperationView(
    Guid Id,
    OperationState State,
    string Actor,
    string? Reason,
    string Set,
    string Counts,
    int Total,
    int Done,
    int Skipped,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? RunsAt,
    DateTimeOffset? FinishedAt)
{
    public int Left => Total - Done - Skipped;

    internal static OperationView Of(Operation operation) => new(
        operation.Id, operation.State, operation.Actor, operation.Reason, operation.Filter, operation.Counts, operation.Total, operation.Done, operation.Skipped,
        operation.CreatedAt, operation.StartedAt, operation.RunsAt, operation.FinishedAt);

    /// <summary>True while the first item has not left, so that a start can be undone as a whole.</summary>
    public bool CanBeUndone(DateTimeOffset now) => State == OperationState.Running && Done + Skipped == 0 && RunsAt > now;

    /// <summary>Items a second since the first left; null before.</summary>
    public double? Rate(DateTimeOffset now) =>
        RunsAt is { } began && Done + Skipped > 0 && (FinishedAt ?? now) - began is { TotalSeconds: > 0 } taken ? (Done + Skipped) / Math.Max(1, taken.TotalSeconds) : null;

    /// <summary>What is left of it at that rate; null when it is not running or nothing is known yet.</summary>
    public TimeSpan? Remaining(DateTimeOffset now) =>
        State == OperationState.Running && Rate(now) is { } rate && rate > 0 ? TimeSpan.FromSeconds(Math.Ceiling(Left / rate)) : null;

    /// <summary>What is left out when its turn comes.</summary>
    public IReadOnlyList<RequeueHarm> Exclude => JsonElement.Parse(Set).TryGetProperty("exclude", out var exclude) && exclude.ValueKind == JsonValueKind.Array
        ? [.. exclude.EnumerateArray().Select(word => WireName<RequeueHarm>.Parse(word.GetString()!))]
        : [];

    /// <summary>The filter's members that were set, by name; empty for "every dead letter" and for a list.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Filter => JsonElement.Parse(Set) is var set && set.TryGetProperty("filter", out var filter) && filter.ValueKind == JsonValueKind.Object
        ? [.. filter.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null).Select(member => KeyValuePair.Create(member.Name, member.Value.ToString()))]
        : [];

    /// <summary>True when it was frozen from a list that somebody had ticked.</summary>
    public bool IsList => JsonElement.Parse(Set).TryGetProperty("ids", out var ids) && ids.ValueKind == JsonValueKind.Number;

    /// <summary>How many were skipped for which reason; empty until it is finished.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> SkippedBy => JsonElement.Parse(Counts).TryGetProperty("skippedBy", out var reasons)
        ? [.. reasons.EnumerateObject().Select(reason => KeyValuePair.Create(reason.Name, reason.Value.GetInt32()))]
        : [];
}

/// <summary>What a plan would do and what would be harmful.</summary>
/// <param name="Amount">That of the orders concerned, in whole rupiah.</param>
/// <param name="NotDead">Asked for by number, and no dead letters any more.</param>
/// <param name="ByHarms">How many items have exactly which harms, as a sum of <see cref="BitOf"/>.</param>
public sealed record PlanCounts(
    int Total,
    int Customers,
    long Amount,
    int NotDead,
    DateTimeOffset? Oldest,
    DateTimeOffset? Newest,
    IReadOnlyList<KeyValuePair<Channel, int>> ByChannel,
    IReadOnlyDictionary<int, int> ByHarms)
{
    public static PlanCounts Read(JsonElement counts)
    {
        return new PlanCounts(
            Number("total"),
            Number("customers"),
            counts.TryGetProperty("amount", out var amount) ? amount.GetInt64() : 0,
            Number("notDead"),
            Instant("oldest"),
            Instant("newest"),
            [.. Members("byChannel").Select(member => KeyValuePair.Create(WireName<Channel>.Parse(member.Name), member.Value.GetInt32()))],
            Members("byHarms").ToDictionary(member => int.Parse(member.Name, System.Globalization.CultureInfo.InvariantCulture), member => member.Value.GetInt32()));

        int Number(string name) => counts.TryGetProperty(name, out var value) ? value.GetInt32() : 0;

        DateTimeOffset? Instant(string name) => counts.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetDateTimeOffset() : null;

        IEnumerable<JsonProperty> Members(string name) => counts.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : [];
    }

    /// <summary>How many items have this harm, others too or not.</summary>
    public int With(RequeueHarm harm) => ByHarms.Where(pair => (pair.Key & BitOf(harm)) != 0).Sum(pair => pair.Value);

    /// <summary>How many are left when these harms are left out: an item with two of them is not counted twice.</summary>
    public int Without(IReadOnlyCollection<RequeueHarm> excluded) => Total - ByHarms.Where(pair => excluded.Any(harm => (pair.Key & BitOf(harm)) != 0)).Sum(pair => pair.Value);

    internal static int BitOf(RequeueHarm harm) => 1 << (int)harm;
}
