using System.Text;
using System.Text.Json;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Tests.Integrations.WhatsApp;

public sealed class WhatsAppReportsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 10, 0, 0, TimeSpan.Zero);

    private static readonly WhatsAppReference Reference = new(17, Guid.Parse("7f1d1c1e-5a50-4a5c-9a53-0a3f4f1d6a77"), 2);

    [Fact]
    public void Read_OfAReport_FindsAllOfIt()
    {
        var report = Assert.Single(Read("""{"id":"wamid.A","status":"delivered","timestamp":"1795770000","recipient_id":"6281234567890","biz_opaque_callback_data":"17:7f1d1c1e-5a50-4a5c-9a53-0a3f4f1d6a77:2"}"""));

        Assert.Equal(new WhatsAppReport("wamid.A", ReceiptStatus.Delivered, DateTimeOffset.FromUnixTimeSeconds(1_795_770_000), Reference, null, null), report);
    }

    [Fact]
    public void Read_OfAFailure_FindsMetasCodeAndWords()
    {
        var report = Assert.Single(Read("""{"id":"wamid.A","status":"failed","timestamp":"1795770000","errors":[{"code":131026,"title":"Message undeliverable","message":"Message undeliverable","error_data":{"details":"Not on WhatsApp."}},{"code":1}]}"""));

        Assert.Equal((ReceiptStatus.Failed, null, "131026", "Message undeliverable: Not on WhatsApp."), (report.Status, report.Reference, report.Code, report.Error));
    }

    [Theory]
    [InlineData("\"timestamp\":\"yesterday\"")]
    [InlineData("\"timestamp\":\"4102444800\"")]
    [InlineData("\"timestamp\":\"-1\"")]
    [InlineData("\"timestamp\":\"99999999999999999999\"")]
    [InlineData("\"timestamp\":[]")]
    [InlineData("\"recipient_id\":\"1\"")]
    public void Read_OfATimeThatIsNone_TakesNow(string timestamp)
    {
        var report = Assert.Single(Read($$"""{"id":"wamid.A","status":"sent",{{timestamp}}}"""));

        Assert.Equal(Now, report.At);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("\"wamid.A\"")]
    [InlineData("""{"id":"wamid.A"}""")]
    [InlineData("""{"id":"wamid.A","status":"deleted"}""")]
    [InlineData("""{"id":"wamid.A","status":"Sent"}""")]
    [InlineData("""{"id":"wamid.A","status":1}""")]
    [InlineData("""{"id":1,"status":"sent"}""")]
    [InlineData("""{"id":"","status":"sent"}""")]
    public void Read_OfWhatIsNoReport_PassesItOver(string status)
    {
        Assert.Empty(Read(status));
        Assert.Single(Read(status + """,{"id":"wamid.B","status":"sent"}"""));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"entry":{}}""")]
    [InlineData("""{"entry":[1,null,{"changes":1},{"changes":[null,{"value":[]}]}]}""")]
    [InlineData("""{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[{"from":"62812","text":{"body":"Halo"}}]}}]}]}""")]
    public void Read_OfWhatHoldsNoReports_FindsNone(string body)
    {
        using var document = JsonDocument.Parse(body);

        Assert.Empty(WhatsAppReports.Read(document.RootElement, null, Now));
    }

    [Theory]
    [InlineData("100000000000001", 1)]
    [InlineData("100000000000002", 0)]
    [InlineData(null, 1)]
    public void Read_OfAnotherNumber_PassesItOver(string? ours, int expected)
    {
        using var document = JsonDocument.Parse("""{"entry":[{"changes":[{"value":{"metadata":{"phone_number_id":"100000000000001"},"statuses":[{"id":"wamid.A","status":"sent"}]}}]}]}""");

        Assert.Equal(expected, WhatsAppReports.Read(document.RootElement, ours, Now).Count);
    }

    [Fact]
    public void Reference_IsReadAsItIsWritten()
    {
        Assert.True(WhatsAppReference.TryParse(Reference.ToString(), out var read));
        Assert.Equal(Reference, read);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("17")]
    [InlineData("17:7f1d1c1e-5a50-4a5c-9a53-0a3f4f1d6a77")]
    [InlineData("-1:7f1d1c1e-5a50-4a5c-9a53-0a3f4f1d6a77:1")]
    [InlineData("17:7f1d1c1e5a504a5c9a530a3f4f1d6a77:1")]
    [InlineData("99999999999999999999:7f1d1c1e-5a50-4a5c-9a53-0a3f4f1d6a77:1")]
    [InlineData("17:7f1d1c1e-5a50-4a5c-9a53-0a3f4f1d6a77:99999999999")]
    [InlineData("17:7f1d1c1e-5a50-4a5c-9a53-0a3f4f1d6a77:1:")]
    public void Reference_OfOthers_IsNone(string? text)
    {
        Assert.False(WhatsAppReference.TryParse(text, out _));
    }

    [Theory]
    [InlineData("sha256=48b30e4a6dd36fd44e7c9db1c1cb5e2a84ab94ea1cb1ea5ffd7d4c65be43ae10", false)]
    [InlineData("sha1=0", false)]
    [InlineData("sha256=", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Signature_ThatDoesNotFit_IsRefused(string? header, bool expected)
    {
        Assert.Equal(expected, WhatsAppSignature.IsValid("{}"u8, header, "rahasia"));
    }

    [Fact]
    public void Signature_FitsTheBytesItWasMadeOf_InEitherCase()
    {
        var body = "{\"a\": \"\\u00e9\"}"u8.ToArray();
        var signature = Convert.ToHexString(System.Security.Cryptography.HMACSHA256.HashData(Encoding.UTF8.GetBytes("rahasia"), body));

        Assert.True(WhatsAppSignature.IsValid(body, "sha256=" + signature, "rahasia"));
        Assert.True(WhatsAppSignature.IsValid(body, "sha256=" + signature.ToLowerInvariant(), "rahasia"));
        Assert.False(WhatsAppSignature.IsValid([.. body, (byte)' '], "sha256=" + signature, "rahasia"));
        Assert.False(WhatsAppSignature.IsValid(body, "sha256=" + signature, "rahasia2"));
        Assert.False(WhatsAppSignature.IsValid(body, "sha256=" + signature[..^1] + 'x', "rahasia"));
        Assert.False(WhatsAppSignature.IsValid(body, "sha256=" + signature, ""));
        Assert.False(WhatsAppSignature.IsValid(body, "sha256=" + signature, null));
    }

    [Theory]
    [InlineData("setuju", "setuju", true)]
    [InlineData("setujU", "setuju", false)]
    [InlineData("setuju ", "setuju", false)]
    [InlineData("", "", false)]
    [InlineData(null, null, false)]
    [InlineData("setuju", null, false)]
    [InlineData(null, "setuju", false)]
    public void Token_IsTheAgreedOneOnly(string? given, string? agreed, bool expected)
    {
        Assert.Equal(expected, WhatsAppSignature.IsToken(given, agreed));
    }

    private static List<WhatsAppReport> Read(string statuses)
    {
        using var document = JsonDocument.Parse($$$"""{"entry":[{"changes":[{"value":{"statuses":[{{{statuses}}}]}}]}]}""");
        return WhatsAppReports.Read(document.RootElement, "100000000000001", Now);
    }
}
