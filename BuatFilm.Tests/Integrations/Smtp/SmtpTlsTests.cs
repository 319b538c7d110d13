using BuatFilm.Admin.Integrations.Smtp;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Integrations.Smtp;

public sealed class SmtpTlsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("StartTls")]
    [InlineData("Tls")]
    public async Task Send_ToACertificateNobodyVouchesFor_IsAMistakeOfOurs(string security)
    {
        await using var bench = Bench(security, acceptAny: false);

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.NotTried, ServiceVerdict.Misconfigured, "tls", TimeSpan.FromMinutes(5)), (outcome.Result, outcome.Verdict, outcome.Code, outcome.RetryAfter));
        Assert.Equal(0, bench.Server.Seen(SmtpStep.Auth));
    }

    [Theory]
    [InlineData("StartTls")]
    [InlineData("Tls")]
    public async Task Send_ToThatCertificateWhenTheSettingAllowsIt_DeliversOverOneConnection(string security)
    {
        await using var bench = Bench(security, acceptAny: true);

        var first = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);
        var second = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.Delivered, DeliveryResult.Delivered), (first.Result, second.Result));
        Assert.Equal(1, bench.Server.Connections);
    }

    [Fact]
    public async Task Send_TlsToAPlainPort_IsAMistakeOfOurs()
    {
        await using var bench = new SmtpBench(options => options.Security = SmtpSecurity.Tls);

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.NotTried, ServiceVerdict.Misconfigured, "tls"), (outcome.Result, outcome.Verdict, outcome.Code));
    }

    [Fact]
    public async Task Send_WhenTheServerHangsUpBeforeTls_IsAnOutage()
    {
        await using var bench = Bench("StartTls", acceptAny: true);
        bench.Server.Answer(SmtpStep.StartTls, ScriptedSmtpServer.HangUp);

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.Failed, ServiceVerdict.Outage, "connection"), (outcome.Result, outcome.Verdict, outcome.Code));
    }

    [Fact]
    public async Task Send_WhenTheServerHangsUpInTheHandshake_IsAnOutage()
    {
        await using var bench = new SmtpBench(options => options.Security = SmtpSecurity.Tls);
        bench.Server.Answer(SmtpStep.Greeting, ScriptedSmtpServer.HangUp);

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.Failed, ServiceVerdict.Outage, "connection"), (outcome.Result, outcome.Verdict, outcome.Code));
    }

    [Fact]
    public async Task Send_WhenStartTlsIsNotOffered_SendsNothingInTheClear()
    {
        await using var bench = new SmtpBench(options => options.Security = SmtpSecurity.StartTls);

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.NotTried, ServiceVerdict.Misconfigured, "tls"), (outcome.Result, outcome.Verdict, outcome.Code));
        Assert.Equal((0, 0), (bench.Server.Seen(SmtpStep.Auth), bench.Server.Mails.Count));
    }

    [Fact]
    public async Task Send_WhenTheServerIsSilentInTheHandshake_TimesOut()
    {
        await using var bench = new SmtpBench(options =>
        {
            options.Security = SmtpSecurity.StartTls;
            options.CommandTimeout = TimeSpan.FromMilliseconds(400);
        });

        // Without a certificate the server says "go ahead" and nothing more.
        bench.Server.EhloExtensions = "STARTTLS";

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.Failed, ServiceVerdict.Outage, "timeout"), (outcome.Result, outcome.Verdict, outcome.Code));
    }

    [Fact]
    public async Task Send_WhenNoWayToSignInIsOffered_IsAMistakeOfOurs()
    {
        await using var bench = new SmtpBench();
        bench.Server.EhloExtensions = "8BITMIME";

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.NotTried, ServiceVerdict.Misconfigured, "auth"), (outcome.Result, outcome.Verdict, outcome.Code));
    }

    private static SmtpBench Bench(string security, bool acceptAny)
    {
        var bench = new SmtpBench(options =>
        {
            options.Security = Enum.Parse<SmtpSecurity>(security);
            options.AcceptAnyCertificate = acceptAny;
        });
        bench.Server.Certificate = ScriptedSmtpServer.SelfSigned();
        bench.Server.TlsFromTheStart = bench.Options.Security == SmtpSecurity.Tls;
        bench.Server.EhloExtensions = "STARTTLS\nAUTH PLAIN\n8BITMIME";
        return bench;
    }
}
