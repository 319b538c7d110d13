using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuatFilm.Admin.Features.Health;

/// <summary>How the health answers are written: monitors parse them, so they do not follow the API's settings.</summary>
internal static class HealthJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}
