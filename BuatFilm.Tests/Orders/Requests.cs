using System.Text.Json.Nodes;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Orders;

/// <summary>Order requests that differ in one place from a good one.</summary>
internal static class Requests
{
    /// <summary>An order of two items with every member that there is.</summary>
    public static JsonObject Full(string? orderId = null)
    {
        var order = AppHost.Order(orderId ?? "X");
        if (orderId is null)
        {
            order.Remove("orderId");
        }

        order["items"]!.AsArray().Add(new JsonObject { ["id"] = "lampu-2", ["name"] = "Sewa lampu", ["price"] = 75_000, ["quantity"] = 2 });
        order["grossAmount"] = 600_000;
        order["expiresInMinutes"] = 60;
        order["locale"] = "en";
        order["metadata"] = new JsonObject { ["cart"] = "C-77" };

        return order;
    }

    /// <summary>Puts a value at a path such as <c>items[0].price</c>; null takes the member away.</summary>
    public static JsonObject With(this JsonObject order, string path, string? json)
    {
        var parent = (JsonNode)order;
        var steps = path.Replace("[", ".[", StringComparison.Ordinal).Split('.');
        foreach (var step in steps[..^1])
        {
            parent = step.StartsWith('[') ? parent[Index(step)]! : parent[step]!;
        }

        if (steps[^1].StartsWith('['))
        {
            parent[Index(steps[^1])] = JsonNode.Parse(json!);
        }
        else if (json is null)
        {
            parent.AsObject().Remove(steps[^1]);
        }
        else
        {
            parent[steps[^1]] = JsonNode.Parse(json);
        }

        return order;
    }

    private static int Index(string step) => int.Parse(step.Trim('[', ']'), System.Globalization.CultureInfo.InvariantCulture);
}
