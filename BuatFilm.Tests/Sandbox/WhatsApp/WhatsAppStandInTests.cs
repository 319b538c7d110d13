using System.Security.Cryptography;
using System.Text;
using BuatFilm.Admin.Sandbox.Faults;
using static BuatFilm.Tests.Sandbox.SandboxUnderTest;

namespace BuatFilm.Tests.Sandbox.WhatsApp;

public sealed class WhatsAppStandInTests
{
    private const string Path = $"/v23.0/{PhoneNumberId}/messages";

    private const string Template = """
        {"messaging_product":"whatsapp","to":"6281234567890","type":"template",
         "template":{"name":"order_paid","language":{"code":"id"},
           "components":[{"type":"body","parameters":[{"type":"text","text":"Siti"},{"type":"text","text":"BF-1-A"},{"type":"text","text":"Rp450.000"}]}]},
         "biz_opaque_callback_data":"7f1d1c1e-5a50-4a5c-9a53-0a3f4f1d6a77"}
        """;

    [Fact]
    public async Task Template_WhenSent_IsShownAndReportedSentDeliveredRead()
    {
        await using var sandbox = await StartAsync();

        var reply = await PostAsync(sandbox.WhatsApp, Path, Template);
        var posted = await sandbox.App.WaitForAsync(3);

        Assert.Equal(200, reply.Status);
        Assert.Equal("whatsapp", reply.Text("messaging_product"));
        Assert.Equal("6281234567890", reply["contacts"]![0]!["wa_id"]!.ToString());
        var messageId = reply["messages"]![0]!["id"]!.ToString();
        Assert.StartsWith("wamid.", messageId, StringComparison.Ordinal);

        var shown = Assert.Single((await GetAsync(sandbox.Api, "/sandbox/api/messages")).Json!.AsArray())!;
        Assert.Equal(
            ("whatsapp", "+6281234567890", "order_paid", "Siti\nBF-1-A\nRp450.000", "BF-1-A", messageId),
            (shown["channel"]!.ToString(), shown["recipient"]!.ToString(), shown["subject"]!.ToString(), shown["body"]!.ToString(),
                shown["orderId"]!.ToString(), shown["messageId"]!.ToString()));

        var statuses = posted.Select(one => one.Json["entry"]![0]!["changes"]![0]!["value"]!["statuses"]![0]!).ToList();
        Assert.Equal(["sent", "delivered", "read"], statuses.Select(status => status["status"]!.ToString()));
        Assert.All(statuses, status => Assert.Equal(messageId, status["id"]!.ToString()));
        Assert.All(statuses, status => Assert.Equal("7f1d1c1e-5a50-4a5c-9a53-0a3f4f1d6a77", status["biz_opaque_callback_data"]!.ToString()));
        Assert.All(posted, one => Assert.Equal(
            "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(AppSecret), Encoding.UTF8.GetBytes(one.Body))),
            one.Signature));
    }

    [Theory]
    [InlineData("""{"text":{"body":"Pesanan BF-1-A. Bayar di sini"}}""", "BF-1-A", "Pesanan BF-1-A. Bayar di sini")]
    [InlineData("""{"text":{"body":"Halo"},"biz_opaque_callback_data":"BF-1-A"}""", "BF-1-A", "Halo\n(BF-1-A)")]
    [InlineData("""{"text":{"body":"Halo"},"biz_opaque_callback_data":"outbox:17|order:BF-1-A"}""", "BF-1-A", "Halo\n(BF-1-A)")]
    [InlineData("""{"text":{"body":"Halo"},"biz_opaque_callback_data":"BF-7-X"}""", "BF-7-X", "Halo\n(BF-7-X)")]
    [InlineData("""{"text":{"body":"Halo"}}""", null, "Halo")]
    public async Task Text_WhenSent_NamesItsOrder(string more, string? orderId, string body)
    {
        await using var sandbox = await StartAsync();
        await sandbox.CreateTokenAsync("BF-1-A");

        await PostAsync(sandbox.WhatsApp, Path, """{"messaging_product":"whatsapp","to":"+62 812-3456-7890",""" + more[1..]);

        var shown = Assert.Single(sandbox.Host.Messages);
        Assert.Equal((orderId, body, "+6281234567890", null), (shown.OrderId, shown.Body, shown.Recipient, shown.Subject));
    }

    [Theory]
    [InlineData("""{"to":"6281234567890"}""", 100)]
    [InlineData("""{"messaging_product":"whatsapp"}""", 131008)]
    [InlineData("""{"messaging_product":"whatsapp","to":"siti"}""", 131009)]
    [InlineData("""{"messaging_product":"whatsapp","to":"6281234567890","type":"text"}""", 131008)]
    [InlineData("""{"messaging_product":"whatsapp","to":"6281234567890","type":"template","template":{"name":"x"}}""", 131008)]
    [InlineData("nonsense", 100)]
    public async Task Message_WithAMistake_GetsMetasError(string body, int code)
    {
        await using var sandbox = await StartAsync();

        var reply = await PostAsync(sandbox.WhatsApp, Path, body);

        Assert.Equal((400, code), (reply.Status, (int)reply["error"]!["code"]!));
        Assert.NotNull(reply["error"]!["fbtrace_id"]);
        Assert.Empty(sandbox.Host.Messages);
    }

    [Fact]
    public async Task Message_WithoutTheTokenOrToAnotherNumber_IsRefused()
    {
        await using var sandbox = await StartAsync();

        var elsewhere = await PostAsync(sandbox.WhatsApp, "/v23.0/999/messages", Template);
        sandbox.WhatsApp.DefaultRequestHeaders.Authorization = null;
        var nobody = await PostAsync(sandbox.WhatsApp, Path, Template);

        Assert.Equal((400, 100), (elsewhere.Status, (int)elsewhere["error"]!["code"]!));
        Assert.Equal((401, 190), (nobody.Status, (int)nobody["error"]!["code"]!));
    }

    [Theory]
    [InlineData("error", 500, 131000)]
    [InlineData("refuse", 400, 131026)]
    public async Task Fault_ThatRefuses_AnswersInMetasWords(string mode, int status, int code)
    {
        await using var sandbox = await StartAsync();
        await PostAsync(sandbox.Api, "/sandbox/api/faults", $$"""{"service":"whatsapp","mode":"{{mode}}"}""");

        var reply = await PostAsync(sandbox.WhatsApp, Path, Template);

        Assert.Equal((status, code), (reply.Status, (int)reply["error"]!["code"]!));
        Assert.Empty(sandbox.Host.Messages);
    }

    [Fact]
    public async Task App_OnceItListens_IsAskedToProveItsWebhook()
    {
        await using var sandbox = await StartAsync(settings => settings with { WhatsAppVerifyToken = "rahasia & aman" });

        var asked = Assert.Single(await sandbox.App.WaitForAsync(1));

        Assert.Equal("/api/v1/whatsapp/webhook", asked.Path);
        Assert.Contains("hub.mode=subscribe", asked.Query, StringComparison.Ordinal);
        Assert.Contains("hub.verify_token=rahasia%20%26%20aman", asked.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_OfTheNumber_AnswersUnlessFailing()
    {
        await using var sandbox = await StartAsync();

        var well = await GetAsync(sandbox.WhatsApp, $"/v23.0/{PhoneNumberId}");
        await sandbox.SetFaultAsync("whatsapp", FaultMode.Error);
        var failing = await GetAsync(sandbox.WhatsApp, $"/v23.0/{PhoneNumberId}");

        Assert.Equal((200, PhoneNumberId), (well.Status, well.Text("id")));
        Assert.Equal((500, 1), (failing.Status, (int)failing["error"]!["code"]!));
    }
}
