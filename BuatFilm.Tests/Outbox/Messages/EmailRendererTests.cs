using System.Globalization;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Outbox;
using BuatFilm.Admin.Features.Outbox.Messages;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Integrations.Smtp;
using Microsoft.AspNetCore.DataProtection;

namespace BuatFilm.Tests.Outbox.Messages;

public sealed partial class EmailRendererTests
{
    private const string Items = """[{"name":"Sewa kamera Blackmagic 6K, 2 hari","quantity":1,"price":900000},{"name":"Kelas penyuntingan","quantity":2,"price":200000},{"name":"Diskon","quantity":1,"price":-50000}]""";

    [Fact]
    public void Render_AReceiptInIndonesian_SaysEverythingInBothParts()
    {
        var mail = EmailRenderer.Render(Receipt("id"));

        Assert.Equal("Pembayaran pesanan BF-2026-0001 sudah kami terima", mail.Subject);
        Assert.Equal(("sari@example.com", "BF-2026-0001", "id"), (mail.Recipient, mail.OrderId, mail.Locale));
        string[] facts = ["Halo Sari Dewi,", "BF-2026-0001", "Rp1.250.000", "15 Maret 2026 pukul 23.58 WIB", "Transfer bank (virtual account)", "Sewa kamera Blackmagic 6K, 2 hari", "2 × Rp200.000", "Rp400.000", "-Rp50.000"];
        var html = Words(mail.Html);
        Assert.All(facts, fact => Assert.Contains(fact, mail.Text, StringComparison.Ordinal));
        Assert.All(facts, fact => Assert.Contains(fact, html, StringComparison.Ordinal));
        Assert.Contains("<html lang=\"id\"", mail.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_AReceiptInEnglish_SaysEverythingInBothParts()
    {
        var mail = EmailRenderer.Render(Receipt("en"));

        Assert.Equal("We have received your payment for order BF-2026-0001", mail.Subject);
        string[] facts = ["Hello Sari Dewi,", "BF-2026-0001", "Rp1.250.000", "15 March 2026, 23:58 WIB", "Bank transfer (virtual account)"];
        var html = Words(mail.Html);
        Assert.All(facts, fact => Assert.Contains(fact, mail.Text, StringComparison.Ordinal));
        Assert.All(facts, fact => Assert.Contains(fact, html, StringComparison.Ordinal));
        Assert.Contains("<html lang=\"en\"", mail.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_APaymentLink_HasTheAddressInBothParts()
    {
        var mail = EmailRenderer.Render(Link());

        Assert.Equal("Tautan pembayaran untuk pesanan BF-2026-0001", mail.Subject);
        Assert.Contains("https://app.sandbox.midtrans.com/snap/v4/redirection/abc?a=1&b=2", mail.Text, StringComparison.Ordinal);
        Assert.Contains("16 Maret 2026 pukul 00.00 WIB", mail.Text, StringComparison.Ordinal);
        var links = new HtmlParser().ParseDocument(mail.Html).QuerySelectorAll("a").Select(link => link.GetAttribute("href"));
        Assert.All(links, link => Assert.Equal("https://app.sandbox.midtrans.com/snap/v4/redirection/abc?a=1&b=2", link));
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("' onmouseover='alert(1)")]
    [InlineData("</title></style><svg onload=alert(1)>")]
    [InlineData("<!-- --><a href=javascript:alert(1)>klik</a>")]
    [InlineData("&lt;b&gt; {{0}} {0} {1} %s")]
    public void Render_WithMarkupInWhatCustomersWrite_ShowsItAsText(string text)
    {
        var items = System.Text.Json.JsonSerializer.Serialize(new[] { new { name = text, quantity = 1, price = 1000 } });

        var mail = EmailRenderer.Render(Receipt("id", ("customerName", text), ("orderId", text), ("paymentMethod", text), ("items", items)));

        var plain = new HtmlParser().ParseDocument(EmailRenderer.Render(Receipt("id", ("items", """[{"name":"x","quantity":1,"price":1000}]"""))).Html);
        var page = new HtmlParser().ParseDocument(mail.Html);
        Assert.Equal(plain.QuerySelectorAll("*").Select(element => element.TagName), page.QuerySelectorAll("*").Select(element => element.TagName));
        Assert.Equal(plain.QuerySelectorAll("*").Sum(element => element.Attributes.Length), page.QuerySelectorAll("*").Sum(element => element.Attributes.Length));
        Assert.Contains($"Halo {text},", page.Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_WithLineBreaksAndTurnedText_KeepsThemOut()
    {
        var mail = EmailRenderer.Render(Receipt("id", ("customerName", "Sari\r\nBcc: a@example.com\u202Eexe"), ("orderId", "BF-1\r\nSubject: x")));

        Assert.DoesNotContain(mail.Subject, char.IsControl);
        Assert.DoesNotContain('\r', mail.Text);
        Assert.Contains("Halo Sari Bcc: a@example.comexe,\n", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', mail.Html + mail.Text);
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("ar-SA")]
    [InlineData("en-US")]
    public void Render_UnderAnyCulture_WritesTheSame(string culture)
    {
        var expected = EmailRenderer.Render(Receipt("id"));
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);

            Assert.Equal(expected, EmailRenderer.Render(Receipt("id")));
        }
        finally
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = before;
        }
    }

    [Theory]
    [InlineData("2026-12-31T17:00:00Z", "1 Januari 2027 pukul 00.00 WIB", "1 January 2027, 00:00 WIB")]
    [InlineData("2026-03-15T16:58:59.9999Z", "15 Maret 2026 pukul 23.58 WIB", "15 March 2026, 23:58 WIB")]
    [InlineData("2026-08-17T03:05:00+00:00", "17 Agustus 2026 pukul 10.05 WIB", "17 August 2026, 10:05 WIB")]
    public void Format_AnInstant_ReadsAsAtAClockInJakarta(string at, string indonesian, string english)
    {
        var instant = DateTimeOffset.Parse(at, CultureInfo.InvariantCulture);

        Assert.Equal((indonesian, english), (WibTime.Format(instant, EmailTexts.Indonesian), WibTime.Format(instant, EmailTexts.English)));
    }

    [Fact]
    public void Render_WithoutWhatIsOptional_LeavesItOut()
    {
        var message = Receipt("id", ("customerName", "\u202E"), ("paidAt", ""), ("paymentMethod", ""), ("items", ""));

        var mail = EmailRenderer.Render(message);

        Assert.Contains("Halo,\n", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Rincian pesanan", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Waktu pembayaran", mail.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_WithSmallestData_Works()
    {
        var data = new Dictionary<string, string> { ["orderId"] = "BF-1", ["grossAmount"] = "1" };

        Assert.Contains("Rp1\n", EmailRenderer.Render(Receipt("id") with { Data = data }).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orderId", "")]
    [InlineData("grossAmount", "")]
    [InlineData("grossAmount", "1250000.00")]
    [InlineData("grossAmount", "-1")]
    [InlineData("paidAt", "kemarin")]
    [InlineData("items", "{")]
    [InlineData("items", """[{"name":"x","quantity":2,"price":9223372036854775807}]""")]
    public void Render_WithDataThatCannotBeRead_NamesTheKey(string key, string value) =>
        Assert.Equal(key, Assert.Throws<MessageDataException>(() => EmailRenderer.Render(Receipt("id", (key, value)))).Key);

    [Theory]
    [InlineData("")]
    [InlineData("/snap/v4")]
    [InlineData("javascript:alert(1)")]
    [InlineData("http://example.com/pay")]
    public void Render_APaymentLinkThatIsNoHttpsAddress_IsRefused(string address) =>
        Assert.Throws<MessageDataException>(() => EmailRenderer.Render(Link(("redirectUrl", address))));

    [Fact]
    public void Render_AnUnknownKind_SaysWhich() =>
        Assert.Equal("birthday", Assert.Throws<UnknownMessageKindException>(() => EmailRenderer.Render(Receipt("id") with { Kind = "birthday" })).Kind);

    [Fact]
    public async Task Delivery_OfAMessageThatCannotBeWritten_IsRefusedWithoutACall()
    {
        await using var bench = new SmtpBench();
        var delivery = new EmailDelivery(bench.Mailer, Seals);

        var outcome = await delivery.SendAsync(Receipt("id") with { Kind = "birthday" }, TestContext.Current.CancellationToken);

        Assert.Equal((DeliveryResult.Refused, ServiceVerdict.NotCalled, "render"), (outcome.Result, outcome.Verdict, outcome.Code));
        Assert.Equal(0, bench.Server.Connections);
        Assert.Equal((Channel.Email, ExternalService.Smtp), (delivery.Channel, delivery.Service));
    }

    [Fact]
    public async Task Delivery_OfAReceipt_ArrivesReadable()
    {
        await using var bench = new SmtpBench();
        var message = Receipt("id", ("customerName", "Sari 🎬 Déwi"));

        var outcome = await new EmailDelivery(bench.Mailer, Seals).SendAsync(message, TestContext.Current.CancellationToken);

        Assert.Equal(DeliveryResult.Delivered, outcome.Result);
        var mail = Assert.Single(bench.Server.Mails).Parse();
        Assert.Equal("Pembayaran pesanan BF-2026-0001 sudah kami terima", mail.Subject);
        Assert.Contains("Halo Sari 🎬 Déwi,", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("Halo Sari 🎬 Déwi,", Words(mail.HtmlBody!), StringComparison.Ordinal);
    }

    private static SealedValues Seals => new(new EphemeralDataProtectionProvider());

    internal static OutboundMessage Receipt(string locale, params (string Key, string Value)[] changes) => Message(
        EmailRenderer.PaymentReceived,
        locale,
        [("paidAt", "2026-03-15T16:58:00Z"), ("paymentMethod", "bank_transfer"), ("items", Items), .. changes]);

    internal static OutboundMessage Link(params (string Key, string Value)[] changes) => Message(
        EmailRenderer.PaymentLink,
        "id",
        [("redirectUrl", "https://app.sandbox.midtrans.com/snap/v4/redirection/abc?a=1&b=2"), ("expiresAt", "2026-03-15T17:00:00Z"), .. changes]);

    private static OutboundMessage Message(string kind, string locale, (string Key, string Value)[] values)
    {
        var data = new Dictionary<string, string> { ["orderId"] = "BF-2026-0001", ["customerName"] = "Sari Dewi", ["grossAmount"] = "1250000" };
        foreach (var (key, value) in values)
        {
            data[key] = value;
        }

        return new OutboundMessage(1, Guid.Parse("0198a7f0-0000-7000-8000-000000000001"), "BF-2026-0001", kind, Channel.Email, "sari@example.com", locale, data, 1);
    }

    private static string Words(string html) => Blanks().Replace(new HtmlParser().ParseDocument(html).Body!.TextContent, " ");

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blanks();
}
