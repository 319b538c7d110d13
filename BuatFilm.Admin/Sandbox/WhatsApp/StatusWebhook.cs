using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace BuatFilm.Admin.Sandbox.WhatsApp;

/// <summary>What Meta posts when a message was sent, delivered or read.</summary>
internal static class StatusWebhook
{
    /// <param name="status"><c>sent</c>, <c>delivered</c> or <c>read</c>.</param>
    public static string Body(string messageId, WhatsAppRequest request, string phoneNumberId, string status, DateTimeOffset at)
    {
        var told = new JsonObject
        {
            ["id"] = messageId,
            ["status"] = status,
            ["timestamp"] = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ["recipient_id"] = request.Digits,
        };
        if (request.CallbackData is { } callbackData)
        {
            told["biz_opaque_callback_data"] = callbackData;
        }

        var value = new JsonObject
        {
            ["messaging_product"] = "whatsapp",
            ["metadata"] = new JsonObject
            {
                ["display_phone_number"] = "15550000000",
                ["phone_number_id"] = phoneNumberId,
            },
            ["statuses"] = new JsonArray(told),
        };

        return new JsonObject
        {
            ["object"] = "whatsapp_business_account",
            ["entry"] = new JsonArray(new JsonObject
            {
                ["id"] = "100000000000001",
                ["changes"] = new JsonArray(new JsonObject { ["value"] = value, ["field"] = "messages" }),
            }),
        }.ToJsonString(SandboxJson.Wire);
    }

    /// <summary>The value of <c>X-Hub-Signature-256</c>: over the body's bytes, not over its meaning.</summary>
    public static string Sign(string body, string appSecret) =>
        "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(appSecret), Encoding.UTF8.GetBytes(body)));
}
