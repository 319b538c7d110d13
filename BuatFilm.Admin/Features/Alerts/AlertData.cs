using System.Text.Json;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>An alert's data: a flat JSON object of strings, or nearly so, since any feature writes it.</summary>
internal static class AlertData
{
    public static Dictionary<string, string> Read(string json)
    {
        using var document = JsonDocument.Parse(json);

        return document.RootElement.ValueKind == JsonValueKind.Object
            ? document.RootElement.EnumerateObject().DistinctBy(member => member.Name).ToDictionary(member => member.Name, member => TextOf(member.Value), StringComparer.Ordinal)
            : new Dictionary<string, string>(StringComparer.Ordinal);
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };
}
