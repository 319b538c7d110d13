using System.Text.Json.Nodes;
using BuatFilm.Admin.Sandbox.Http;

namespace BuatFilm.Admin.Sandbox.WhatsApp;

/// <summary>A valid request to send a message.</summary>
/// <param name="To">As the caller wrote it.</param>
/// <param name="Digits">The number's digits, which WhatsApp takes for the account's id.</param>
/// <param name="Template">Null for plain text.</param>
/// <param name="Parameters">The template's parameters in their order, or the text alone.</param>
/// <param name="NamedOrderId">The parameter named <c>order_id</c>; null when there is none.</param>
/// <param name="CallbackData">Comes back in the status webhooks; null when not given.</param>
internal sealed record WhatsAppRequest(
    string To,
    string Digits,
    string? Template,
    IReadOnlyList<string> Parameters,
    string? NamedOrderId,
    string? CallbackData)
{
    private const int MaxText = 4096;

    /// <param name="error">Meta's answer when the request is not valid.</param>
    /// <returns>Null when it is not valid.</returns>
    public static WhatsAppRequest? Read(JsonObject body, out Answer? error)
    {
        error = Check(body, out var digits);
        if (error is not null)
        {
            return null;
        }

        var parameters = new List<string>();
        string? namedOrderId = null;

        if (body.Text("type") == "template")
        {
            foreach (var parameter in ParametersOf(body.Object("template")!))
            {
                var text = parameter.Text("text") ?? parameter.Text("payload") ?? parameter.Object("currency").Text("fallback_value") ?? "";
                parameters.Add(text);
                if (parameter.Text("parameter_name") is "order_id" or "orderId")
                {
                    namedOrderId = text;
                }
            }
        }
        else
        {
            parameters.Add(body.Object("text").Text("body")!);
        }

        return new WhatsAppRequest(
            body.Text("to")!,
            digits,
            body.Object("template").Text("name"),
            parameters,
            namedOrderId,
            body.Text("biz_opaque_callback_data"));
    }

    private static Answer? Check(JsonObject body, out string digits)
    {
        digits = "";

        if (body.Text("messaging_product") != "whatsapp")
        {
            return WhatsAppError.InvalidParameter("messaging_product must be whatsapp.");
        }

        if (body.Text("to") is not { Length: > 0 } to)
        {
            return WhatsAppError.MissingParameter("to is missing.");
        }

        digits = string.Concat(to.Where(char.IsAsciiDigit));
        if (digits.Length is < 8 or > 15 || to.Any(char.IsAsciiLetter))
        {
            return WhatsAppError.BadValue("to is not a phone number.");
        }

        return (body.Text("type") ?? "text") switch
        {
            "template" => CheckTemplate(body.Object("template")),
            "text" => CheckText(body.Object("text")),
            _ => WhatsAppError.BadValue("The sandbox knows the types template and text."),
        };
    }

    private static Answer? CheckTemplate(JsonObject? template)
    {
        if (template.Text("name") is not { Length: > 0 })
        {
            return WhatsAppError.MissingParameter("template.name is missing.");
        }

        if (template.Object("language").Text("code") is not { Length: > 0 })
        {
            return WhatsAppError.MissingParameter("template.language.code is missing.");
        }

        return ParametersOf(template!).Where(parameter => parameter.Text("type") == "text").Select(CheckParameter).FirstOrDefault(error => error is not null);
    }

    /// <summary>As Meta takes it: some text, in one line, without a wide gap.</summary>
    private static Answer? CheckParameter(JsonObject parameter) => parameter.Text("text") switch
    {
        null or "" => WhatsAppError.MissingParameter("Parameter of type text is missing text value."),
        var text when text.AsSpan().ContainsAny('\n', '\r', '\t') || text.Contains("     ", StringComparison.Ordinal) =>
            WhatsAppError.BadTemplateParameter("Param text cannot have new-line/tab characters or more than 4 consecutive spaces"),
        _ => null,
    };

    private static Answer? CheckText(JsonObject? text) => text.Text("body") switch
    {
        null or "" => WhatsAppError.MissingParameter("text.body is missing."),
        { Length: > MaxText } => WhatsAppError.BadValue("text.body is longer than 4096 characters."),
        _ => null,
    };

    private static IEnumerable<JsonObject> ParametersOf(JsonObject template) =>
        from component in (template["components"] as JsonArray ?? []).OfType<JsonObject>()
        from parameter in (component["parameters"] as JsonArray ?? []).OfType<JsonObject>()
        select parameter;
}
