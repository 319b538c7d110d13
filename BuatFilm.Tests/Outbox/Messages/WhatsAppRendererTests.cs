using BuatFilm.Admin.Features.Outbox.Messages;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Tests.Outbox.Messages;

public sealed class WhatsAppRendererTests
{
    private static readonly Guid MessageId = Guid.Parse("7f1d1c1e-5a50-4a5c-9a53-0a3f4f1d6a77");

    [Fact]
    public void Render_AReceipt_FillsTheUsualPlaces()
    {
        var message = WhatsAppRenderer.Render(Message("payment_received"), Template());

        Assert.Equal(("+6281234567890", "tpl", "id", false, new WhatsAppReference(17, MessageId, 2)), (message.Recipient, message.Template, message.Language, message.IsPositional, message.Reference));
        Assert.Equal(["customer_name=Sari Dewi", "order_id=BF-2026-0001", "amount=Rp1.250.000"], Values(message));
    }

    [Theory]
    [InlineData("id", "id", "16 Maret 2026 pukul 00.00 WIB")]
    [InlineData("en", "en_US", "16 March 2026, 00:00 WIB")]
    public void Render_APaymentLink_FillsItInTheCustomersLanguage(string locale, string language, string expires)
    {
        var message = WhatsAppRenderer.Render(Message("payment_link", locale: locale), Template(languages: ("en", "en_US")));

        Assert.Equal(language, message.Language);
        Assert.Equal(
            ["customer_name=Sari Dewi", "order_id=BF-2026-0001", "amount=Rp1.250.000", "link=https://app.sandbox.midtrans.com/snap/v4/redirection/abc?a=1&b=2", $"expires_at={expires}"],
            Values(message));
    }

    [Fact]
    public void Render_ForACustomerWhoseLanguageHasNoTemplate_SpeaksTheTemplatesOwn()
    {
        var message = WhatsAppRenderer.Render(Message("payment_link", locale: "en"), Template());

        Assert.Equal("id", message.Language);
        Assert.Contains("expires_at=16 Maret 2026 pukul 00.00 WIB", Values(message));
    }

    [Fact]
    public void Render_ATemplateOfOtherPlaces_FillsThose()
    {
        var message = WhatsAppRenderer.Render(Message("payment_received"), Template(format: "Positional", parameters: ["order_id", "paid_at", "payment_method"]));

        Assert.True(message.IsPositional);
        Assert.Equal(["order_id=BF-2026-0001", "paid_at=15 Maret 2026 pukul 23.58 WIB", "payment_method=Transfer bank (virtual account)"], Values(message));
    }

    [Fact]
    public void Render_AnAlert_FillsWhatItsDataHold()
    {
        var alert = Message("alert", data: new() { ["title"] = "Midtrans tidak menjawab", ["text"] = "Sejak\t10.02\nWIB", ["retryAt"] = "10.05" });

        Assert.Equal(["title=Midtrans tidak menjawab", "text=Sejak 10.02 WIB"], Values(WhatsAppRenderer.Render(alert, Template())));
        Assert.Equal(["retry_at=10.05"], Values(WhatsAppRenderer.Render(alert, Template(parameters: ["retry_at"]))));
    }

    [Theory]
    [InlineData("Siti\nRahma", "Siti Rahma")]
    [InlineData("Siti \t    \u00a0  Rahma", "Siti Rahma")]
    [InlineData("*Siti* _Rahma_ ~`x`~", "Siti Rahma x")]
    [InlineData("menang.example/klik", "menang. exampleklik")]
    [InlineData("https://menang.example", "https:menang. example")]
    [InlineData("Dr. J.K. Siti", "Dr. J. K. Siti")]
    [InlineData("\u202eitiS", "itiS")]
    [InlineData("", "Pelanggan BuatFilm")]
    [InlineData(" \n\t ", "Pelanggan BuatFilm")]
    [InlineData("***", "Pelanggan BuatFilm")]
    public void Render_ACustomersName_IsOneLineThatSteersNothing(string name, string expected)
    {
        var data = Data();
        data["customerName"] = name;

        Assert.Contains($"customer_name={expected}", Values(WhatsAppRenderer.Render(Message("payment_received", data: data), Template())));
    }

    [Fact]
    public void Render_OfAnyValue_IsSomethingMetaTakes()
    {
        var data = Data();
        data["customerName"] = new string('x', 5000);
        var message = WhatsAppRenderer.Render(Message("payment_link", data: data), Template());

        Assert.All(message.Parameters, parameter =>
        {
            Assert.InRange(parameter.Text.Length, 1, 1024);
            Assert.DoesNotMatch("[\n\r\t]| {4}", parameter.Text);
        });
    }

    [Theory]
    [InlineData("orderId")]
    [InlineData("grossAmount")]
    [InlineData("redirectUrl")]
    [InlineData("expiresAt")]
    public void Render_WithoutWhatThePlacesNeed_SaysWhatIsMissing(string key)
    {
        var data = Data();
        data.Remove(key);

        var exception = Assert.Throws<MessageDataException>(() => WhatsAppRenderer.Render(Message("payment_link", data: data), Template()));

        Assert.Equal(key, exception.Key);
    }

    [Fact]
    public void Render_AKindThatNobodyKnows_IsRefused_UnlessItsPlacesAreListed()
    {
        var unknown = Message("gift_card");

        Assert.Throws<UnknownMessageKindException>(() => WhatsAppRenderer.Render(unknown, Template()));
        Assert.Equal(["order_id=BF-2026-0001"], Values(WhatsAppRenderer.Render(unknown, Template(parameters: ["order_id"]))));
    }

    [Theory]
    [InlineData("payment_received", "email,whatsapp")]
    [InlineData("PAYMENT_RECEIVED", "email,whatsapp")]
    [InlineData("emptied", "email")]
    [InlineData("payment_link", "email")]
    public void Channels_OfAKind_AreThoseThatHaveAText(string kind, string expected)
    {
        var options = new WhatsAppOptions { PhoneNumberId = "1", AccessToken = "t" };
        options.Templates["payment_received"] = Template();
        options.Templates["emptied"] = new WhatsAppTemplateOptions { Name = " " };

        Assert.Equal(expected, string.Join(',', options.ChannelsFor(kind)));
        options.AccessToken = null;
        Assert.Equal("email", string.Join(',', options.ChannelsFor(kind)));
    }

    private static IEnumerable<string> Values(WhatsAppMessage message) => message.Parameters.Select(parameter => $"{parameter.Name}={parameter.Text}");

    private static WhatsAppTemplateOptions Template((string Locale, string Language)? languages = null, string[]? parameters = null, string format = "named")
    {
        var template = new WhatsAppTemplateOptions { Name = "tpl", ParameterFormat = format };
        template.Parameters.AddRange(parameters ?? []);
        if (languages is { } language)
        {
            template.Languages[language.Locale] = language.Language;
        }

        return template;
    }

    private static Dictionary<string, string> Data() => new(StringComparer.Ordinal)
    {
        ["orderId"] = "BF-2026-0001",
        ["customerName"] = "Sari Dewi",
        ["grossAmount"] = "1250000",
        ["paidAt"] = "2026-03-15T16:58:00Z",
        ["paymentMethod"] = "bank_transfer",
        ["redirectUrl"] = "https://app.sandbox.midtrans.com/snap/v4/redirection/abc?a=1&b=2",
        ["expiresAt"] = "2026-03-15T17:00:00Z",
    };

    private static OutboundMessage Message(string kind, Dictionary<string, string>? data = null, string locale = "id") =>
        new(17, MessageId, "BF-2026-0001", kind, Channel.Whatsapp, "+6281234567890", locale, data ?? Data(), 2);
}
