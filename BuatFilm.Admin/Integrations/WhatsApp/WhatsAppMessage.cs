using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuatFilm.Admin.Integrations.WhatsApp;

/// <summary>One value for one place of a template.</summary>
/// <param name="Name">As the template calls it.</param>
/// <param name="Text">One line, not empty: Meta refuses line breaks, tabs and more than four spaces in a row.</param>
internal sealed record WhatsAppParameter(string Name, string Text);

/// <summary>A template filled for one recipient.</summary>
/// <param name="Recipient">A number in E.164.</param>
/// <param name="Language">Meta's code.</param>
/// <param name="IsPositional">True when the template's places are numbered: then the order counts and the names are not sent.</param>
/// <param name="Reference">Comes back with every report about it.</param>
internal sealed record WhatsAppMessage(
    string Recipient,
    string Template,
    string Language,
    IReadOnlyList<WhatsAppParameter> Parameters,
    bool IsPositional,
    WhatsAppReference Reference)
{
    private static readonly JsonSerializerOptions Compact = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The recipient's number as WhatsApp wants it: without the plus.</summary>
    /// <returns>Null when it is no number in E.164.</returns>
    public string? Digits => Recipient is ['+', not '0', ..] && Recipient.Length is >= 9 and <= 16 && Recipient.Skip(1).All(char.IsAsciiDigit) ? Recipient[1..] : null;

    /// <summary>The body of a call that sends it.</summary>
    public byte[] ToBody() => JsonSerializer.SerializeToUtf8Bytes(
        new Request(
            "whatsapp",
            "individual",
            Digits ?? Recipient,
            "template",
            new Filled(
                Template,
                new LanguageCode(Language),
                Parameters.Count > 0 ? [new Component("body", [.. Parameters.Select(parameter => new Value("text", IsPositional ? null : parameter.Name, parameter.Text))])] : null),
            Reference.ToString()),
        Compact);

    private sealed record Request(
        [property: JsonPropertyName("messaging_product")] string Product,
        [property: JsonPropertyName("recipient_type")] string RecipientType,
        [property: JsonPropertyName("to")] string To,
        [property: JsonPropertyName("type")] string Type,
        [property: JsonPropertyName("template")] Filled Template,
        [property: JsonPropertyName("biz_opaque_callback_data")] string CallbackData);

    private sealed record Filled(
        [property: JsonPropertyName("name")] string Name,
        [property: JsonPropertyName("language")] LanguageCode Language,
        [property: JsonPropertyName("components")] IReadOnlyList<Component>? Components);

    private sealed record LanguageCode([property: JsonPropertyName("code")] string Code);

    private sealed record Component(
        [property: JsonPropertyName("type")] string Type,
        [property: JsonPropertyName("parameters")] IReadOnlyList<Value> Parameters);

    private sealed record Value(
        [property: JsonPropertyName("type")] string Type,
        [property: JsonPropertyName("parameter_name")] string? Name,
        [property: JsonPropertyName("text")] string Text);
}
