using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuatFilm.Admin.Http;

/// <summary>How the API reads and writes JSON.</summary>
internal static class ApiJson
{
    /// <summary>camelCase; null members are left out; unknown members are ignored, duplicate ones refused.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            AllowDuplicateProperties = false,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            MaxDepth = StrictJson.MaxDepth,

            // Nothing of ours is pasted into HTML, and links stay readable.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            NumberHandling = JsonNumberHandling.Strict,
        };
        options.MakeReadOnly(populateMissingResolver: true);

        return options;
    }
}
