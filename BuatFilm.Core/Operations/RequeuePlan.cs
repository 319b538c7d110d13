using System.Globalization;
using System.Text.Json;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Core.Operations;

/// <summary>What somebody wants to requeue: everything that a filter finds, or a list.</summary>
/// <param name="Filter">Null when <paramref name="Ids"/> are given.</param>
/// <param name="Ids">1 to <see cref="MaxIds"/>, each once; null when a <paramref name="Filter"/> is given.</param>
/// <param name="Exclude">What is to be left out when its turn comes.</param>
public sealed record RequeuePlan(DeadLetterFilter? Filter, IReadOnlyList<long>? Ids, IReadOnlyList<RequeueHarm> Exclude, string? Reason)
{
    public const string Action = "requeue";

    /// <summary>A list that a request carries; whoever means more gives a filter.</summary>
    public const int MaxIds = 10_000;

    /// <summary>Items of one operation.</summary>
    public const int MaxItems = 1_000_000;

    public const int MaxReason = 500;

    /// <summary>Reads <c>{action, filter|ids, exclude?, reason?}</c>.</summary>
    /// <param name="errors">What is wrong, by the path of the member.</param>
    /// <returns>Null when anything is wrong.</returns>
    public static RequeuePlan? TryRead(JsonElement request, out IReadOnlyDictionary<string, string[]> errors)
    {
        var fields = new RequestFields();
        var plan = fields.IsObject(request) ? Read(request, fields) : null;
        errors = fields.Errors;
        return fields.HasErrors ? null : plan;
    }

    private static RequeuePlan Read(JsonElement request, RequestFields fields)
    {
        if (!string.Equals(fields.Text(request, "action", "action", 40), Action, StringComparison.Ordinal))
        {
            fields.Fail("action", $"Use {Action}.");
        }

        var hasFilter = RequestFields.Has(request, "filter", out var filter);
        var hasIds = RequestFields.Has(request, "ids", out var ids);
        if (hasFilter == hasIds)
        {
            fields.Fail("filter", "Give either a filter or ids; an empty filter means every dead letter.");
        }

        return new RequeuePlan(
            hasFilter && fields.IsObject(filter, "filter") ? DeadLetterFilter.Read(filter, fields, "filter.") : null,
            hasIds ? ReadIds(ids, fields) : null,
            fields.Words<RequeueHarm>(request, "exclude", "exclude") ?? [],
            fields.Text(request, "reason", "reason", MaxReason));
    }

    private static List<long>? ReadIds(JsonElement list, RequestFields fields)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > MaxIds)
        {
            fields.Fail("ids", $"Give 1 to {MaxIds} ids of dead letters; for more, give a filter.");
            return null;
        }

        var ids = new HashSet<long>();
        var index = 0;
        foreach (var item in list.EnumerateArray())
        {
            if (IdOf(item) is { } id)
            {
                ids.Add(id);
            }
            else
            {
                fields.Fail($"ids[{index}]", "Give the id of a dead letter, a whole number from 1.");
            }

            index++;
        }

        return [.. ids];
    }

    // Some languages hold large numbers as text.
    private static long? IdOf(JsonElement item) => item.ValueKind switch
    {
        JsonValueKind.Number when item.TryGetInt64(out var number) && number >= 1 => number,
        JsonValueKind.String when long.TryParse(item.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 => number,
        _ => null,
    };
}
