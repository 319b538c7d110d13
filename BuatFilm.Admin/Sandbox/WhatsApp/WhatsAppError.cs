using System.Globalization;
using System.Text.Json.Nodes;
using BuatFilm.Admin.Sandbox.Http;

namespace BuatFilm.Admin.Sandbox.WhatsApp;

/// <summary>Meta's error bodies. The code says what happened; the HTTP status says little.</summary>
internal static class WhatsAppError
{
    public static Answer Unauthorized() =>
        Create(StatusCodes.Status401Unauthorized, 190, "Invalid OAuth access token - Cannot parse access token", details: null);

    public static Answer UnknownObject(string id) => Create(
        StatusCodes.Status400BadRequest,
        100,
        $"Unsupported request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation",
        details: null,
        type: "GraphMethodException",
        subcode: 33);

    public static Answer InvalidParameter(string details) =>
        Create(StatusCodes.Status400BadRequest, 100, "(#100) Invalid parameter", details);

    public static Answer MissingParameter(string details) =>
        Create(StatusCodes.Status400BadRequest, 131008, "(#131008) Required parameter is missing", details);

    public static Answer BadValue(string details) =>
        Create(StatusCodes.Status400BadRequest, 131009, "(#131009) Parameter value is not valid", details);

    public static Answer BadTemplateParameter(string details) =>
        Create(StatusCodes.Status400BadRequest, 132018, "(#132018) There is an issue with the parameters in your template", details);

    public static Answer Undeliverable() =>
        Create(StatusCodes.Status400BadRequest, 131026, "(#131026) Message undeliverable", "The sandbox was told to refuse this message.");

    public static Answer Failing(bool isMessage) => isMessage
        ? Create(StatusCodes.Status500InternalServerError, 131000, "(#131000) Something went wrong", "The sandbox was told to fail.")
        : Create(StatusCodes.Status500InternalServerError, 1, "An unknown error has occurred.", details: null);

    private static Answer Create(int status, int code, string message, string? details, string type = "OAuthException", int? subcode = null)
    {
        var error = new JsonObject
        {
            ["message"] = message,
            ["type"] = type,
            ["code"] = code,
        };

        if (subcode is { } number)
        {
            error["error_subcode"] = number;
        }

        if (details is not null)
        {
            error["error_data"] = new JsonObject { ["messaging_product"] = "whatsapp", ["details"] = details };
        }

        error["fbtrace_id"] = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..22];
        return new Answer(status, new JsonObject { ["error"] = error });
    }
}
