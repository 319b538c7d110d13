using BuatFilm.Admin.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BuatFilm.Tests.Settings;

/// <summary>A wrong setting stops the start, and the message names the key to change.</summary>
public sealed class WrongSettingsTests
{
    [Theory]
    [InlineData("Midtrans:ServerKey", "")]
    [InlineData("Midtrans:SnapBaseUrl", "http://midtrans.example")]
    [InlineData("Midtrans:ApiBaseUrl", "https://midtrans.example/v2")]
    [InlineData("Midtrans:IsProduction", "perhaps")]
    [InlineData("Smtp:Host", "")]
    [InlineData("Smtp:Port", "70000")]
    [InlineData("Smtp:Security", "Ssl")]
    [InlineData("Smtp:From", "nobody")]
    [InlineData("Smtp:Password", "")]
    [InlineData("Smtp:DataTimeout", "00:20:00")]
    [InlineData("Smtp:MaxConnections", "0")]
    [InlineData("Smtp:AcceptAnyCertificate", "true")]
    [InlineData("WhatsApp:BaseUrl", "http://graph.example")]
    [InlineData("WhatsApp:BaseUrl", "https://graph.example/v23.0")]
    [InlineData("WhatsApp:ApiVersion", "23")]
    [InlineData("WhatsApp:PhoneNumberId", "+62 812 3456")]
    [InlineData("WhatsApp:PhoneNumberId", "")]
    [InlineData("WhatsApp:AccessToken", "")]
    [InlineData("WhatsApp:AccessToken", "two\nlines")]
    [InlineData("WhatsApp:AppSecret", "rahasiá")]
    [InlineData("WhatsApp:VerifyToken", "\u0001")]
    [InlineData("WhatsApp:Templates:payment_received:Name", "payment received")]
    [InlineData("WhatsApp:Templates:payment_received:Language", "Indonesian")]
    [InlineData("WhatsApp:Templates:payment_link:Languages:en", "en-US")]
    [InlineData("WhatsApp:Templates:payment_link:Languages", "fr", "WhatsApp:Templates:payment_link:Languages:fr")]
    [InlineData("WhatsApp:Templates:payment_link:Parameters", "Order id", "WhatsApp:Templates:payment_link:Parameters:1")]
    [InlineData("WhatsApp:Templates:payment_link:ParameterFormat", "numbered")]
    [InlineData("Storefront:ApiKeys:example", "short")]
    [InlineData("Ops:ApiKeys:example", "with a space in the middle of it")]
    [InlineData("Ops:AlertEmails", "nobody", "Ops:AlertEmails:0")]
    [InlineData("Ops:AlertWhatsApp", "0812", "Ops:AlertWhatsApp:0")]
    [InlineData("Ops:AlertWhatsApp", "081234567890", "Ops:AlertWhatsApp:0")]
    [InlineData("Ops:AlertWebhookUrl", "http://hooks.example.com/")]
    [InlineData("Ops:AlertWebhookUrl", "hooks.example.com")]
    [InlineData("Ops:AlertWebhookSecret", "whsec_%%%")]
    [InlineData("Ops:AlertEscalation", "00:00:00")]
    [InlineData("Ops:AlertLanguage", "jv")]
    [InlineData("PublicBaseUrl", "http://admin.example.com")]
    [InlineData("PublicBaseUrl", "admin")]
    [InlineData("Setup:AdminEmail", "nobody")]
    [InlineData("Setup:AdminEmail", "")]
    [InlineData("Setup:AdminPassword", "")]
    [InlineData("Setup:AdminPassword", "elevenchars")]
    [InlineData("Setup:AdminPassword", "password1234")]
    [InlineData("Setup:AdminPassword", "admin@example.com")]
    [InlineData("RateLimits:SignInPerMinute", "0")]
    [InlineData("Degradation:RecoveryHold", "00:00:00")]
    [InlineData("Degradation:FlapLimit", "1")]
    [InlineData("Degradation:FlapWindow", "2.00:00:00")]
    [InlineData("Breakers:Midtrans:AttemptTimeout", "00:00:00.010")]
    [InlineData("Breakers:Database:FailureRatio", "1.5")]
    [InlineData("Breakers:Smtp:MinimumThroughput", "1")]
    [InlineData("Breakers:WhatsApp:SamplingDuration", "00:00:10")]
    [InlineData("Breakers:Midtrans:MaxBreakDuration", "00:00:01")]
    [InlineData("Breakers:Midtrans:ConsecutiveFailures", "1")]
    [InlineData("Breakers:MisconfiguredPause", "00:00:00")]
    [InlineData("Outbox:BatchSize", "0")]
    [InlineData("Outbox:LeaseDuration", "00:01:00")]
    [InlineData("Outbox:DeliveryAllowance", "forever")]
    [InlineData("Outbox:OutageGrace", "31.00:00:00")]
    [InlineData("Outbox:KeepSent", "1.00:00:00")]
    [InlineData("Outbox:KeepDead", "0")]
    [InlineData("Outbox:Backoff", "00:00:00", "Outbox:Backoff:Base")]
    [InlineData("Outbox:Channels:Email:Concurrency", "0")]
    [InlineData("Outbox:Channels:WhatsApp:Concurrency", "1000")]
    [InlineData("Operations:UndoWindow", "01:00:00")]
    [InlineData("Operations:PlanLifetime", "00:00:01")]
    [InlineData("Operations:RequeuePerSecond:Email", "0")]
    [InlineData("Operations:RequeuePerSecond:WhatsApp", "10001")]
    [InlineData("Operations:RequeuePerSecond:Webhook", "-1")]
    [InlineData("Orders:Lease", "00:00:01")]
    [InlineData("Orders:RetryAfter", "00:59:00")]
    [InlineData("Orders:ConcurrentCreates", "65")]
    [InlineData("Orders:MessageMaxAttempts", "0")]
    [InlineData("Webhooks:MaxGroup", "257")]
    [InlineData("Webhooks:Writers", "0")]
    [InlineData("Webhooks:AnswerWithin", "00:00:20")]
    [InlineData("Webhooks:MaxCheckWait", "0")]
    [InlineData("Webhooks:UnknownAnswersBeforeHold", "1")]
    [InlineData("Webhooks:PollAfter", "00:00:01")]
    [InlineData("Webhooks:MaxPollWait", "00:01:00")]
    [InlineData("Webhooks:PollsPerRun", "0")]
    [InlineData("Webhooks:KeepRawBodies", "1.00:00:00")]
    [InlineData("Webhooks:KeepRejected", "never")]
    [InlineData("Idempotency:Retention", "01:00:00")]
    [InlineData("Idempotency:Lease", "01:00:00")]
    [InlineData("Health:ReadyRequires", "fax", "Health:ReadyRequires:0")]
    [InlineData("Health:ProbeInterval", "02:00:00")]
    [InlineData("RateLimits:StorefrontPerMinute", "0")]
    [InlineData("RateLimits:WebhookPerMinute", "-1")]
    [InlineData("RateLimits:Enabled", "sometimes")]
    [InlineData("Sandbox:SmtpPort", "70000")]
    [InlineData("Database:WaitAtStart", "02:00:00")]
    public void Start_WithAWrongSetting_NamesIt(string named, string value, string? key = null)
    {
        var refused = Assert.ThrowsAny<Exception>(() => AppSettings.Validate(ExampleFile.Read((key ?? named, value))));

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_WithAWrongProxy_NamesIt()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddKnownProxies(ExampleFile.Read(("Proxies:Known:0", "10.0.0.0/99"))));

        Assert.StartsWith("Proxies:Known: '10.0.0.0/99'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_WithTwoWrongSettings_NamesBoth()
    {
        var refused = Assert.Throws<OptionsValidationException>(() => AppSettings.Validate(ExampleFile.Read(("Outbox:BatchSize", "0"), ("Webhooks:Writers", "0"))));

        Assert.Contains("Outbox:BatchSize", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Webhooks:Writers", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Storefront:ApiKeys:example", "geheim")]
    [InlineData("Ops:ApiKeys:example", "geheim")]
    [InlineData("Ops:AlertWebhookUrl", "http://hooks.example.com/geheim")]
    [InlineData("Ops:AlertWebhookSecret", "whsec_geheim%")]
    [InlineData("WhatsApp:AccessToken", "geh\u0001eim")]
    public void Start_WithAWrongSecret_DoesNotShowIt(string key, string secret)
    {
        var refused = Assert.ThrowsAny<Exception>(() => AppSettings.Validate(ExampleFile.Read((key, secret))));

        Assert.DoesNotContain("geheim", refused.ToString(), StringComparison.Ordinal);
    }
}
