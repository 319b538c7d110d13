using BuatFilm.Admin.Integrations.Smtp;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace BuatFilm.Tests.Integrations.Smtp;

public sealed class SmtpMailerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_AMail_ArrivesAsItWasWritten()
    {
        var now = new DateTimeOffset(2026, 3, 15, 16, 58, 0, TimeSpan.Zero);
        await using var bench = new SmtpBench(time: new FakeTimeProvider(now));
        var mail = SmtpBench.Mail();

        var outcome = await bench.Mailer.SendAsync(mail, Stop);

        Assert.Equal(DeliveryOutcome.Delivered("SCRIPT1"), outcome);
        var received = Assert.Single(bench.Server.Mails);
        var message = received.Parse();
        Assert.Equal("sari@example.com", received.Recipient);
        Assert.Equal($"{mail.MessageId:N}@buatfilm.example", message.MessageId);
        Assert.Equal(now, message.Date);
        Assert.Equal("BF-1", message.Headers[EmailMime.OrderHeader]);
        Assert.Equal("auto-generated", message.Headers[HeaderId.AutoSubmitted]);
        Assert.Equal("\"BuatFilm\" <toko@buatfilm.example>", message.From.ToString());
        Assert.Equal((mail.Subject, mail.Text, mail.Html), (message.Subject, message.TextBody?.TrimEnd(), message.HtmlBody?.TrimEnd()));
        Assert.True(message.Body!.ContentType.IsMimeType("multipart", "alternative"));
        Assert.DoesNotContain(message.Headers, header => header.Field.StartsWith("List-", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Send_TheSameMailAgain_KeepsItsMessageId()
    {
        await using var bench = new SmtpBench();
        var mail = SmtpBench.Mail();
        bench.Server.AnswerOnce(SmtpStep.Message, ScriptedSmtpServer.HangUp);

        var first = await bench.Mailer.SendAsync(mail, Stop);
        var second = await bench.Mailer.SendAsync(mail, Stop);

        Assert.Equal((DeliveryResult.Unknown, DeliveryResult.Delivered), (first.Result, second.Result));
        Assert.Single(bench.Server.Mails.Select(received => received.Parse().MessageId).Distinct());
    }

    [Theory]
    [InlineData("a@example.com, b@example.com")]
    [InlineData("Sari <a@example.com>")]
    [InlineData("a@example.com\r\nBcc: b@example.com")]
    [InlineData("a@example.com\n")]
    [InlineData("not an address")]
    [InlineData("sari")]
    [InlineData("")]
    public async Task Send_ToAnythingButOneBareAddress_IsRefusedWithoutACall(string recipient)
    {
        await using var bench = new SmtpBench();

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(recipient), Stop);

        Assert.Equal((DeliveryResult.Refused, ServiceVerdict.NotCalled, "recipient"), (outcome.Result, outcome.Verdict, outcome.Code));
        Assert.Equal(0, bench.Server.Connections);
    }

    [Fact]
    public async Task Send_WithLineBreaksInHeaders_AddsNoHeader()
    {
        await using var bench = new SmtpBench();
        var mail = SmtpBench.Mail() with { Subject = "Halo\r\nBcc: mata@example.com", OrderId = "BF-1\r\nX-Evil: 1", Locale = "id\nX-Evil: 2" };

        await bench.Mailer.SendAsync(mail, Stop);

        var message = Assert.Single(bench.Server.Mails).Parse();
        Assert.DoesNotContain(message.Headers, header => header.Field is "Bcc" or "X-Evil");
        Assert.Empty(message.Bcc);
    }

    [Fact]
    public async Task Send_TwoMails_ShareOneConnection()
    {
        await using var bench = new SmtpBench();

        await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);
        await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((2, 1, 1), (bench.Server.Mails.Count, bench.Server.Connections, bench.Server.Seen(SmtpStep.Auth)));
    }

    [Fact]
    public async Task Send_AfterARefusedRecipient_KeepsTheConnection()
    {
        await using var bench = new SmtpBench();
        bench.Server.AnswerOnce(SmtpStep.Rcpt, "550 5.1.1 no such user");

        await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);
        var second = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.Delivered, 1), (second.Result, bench.Server.Connections));
    }

    [Fact]
    public async Task Send_WhenTheWaitingConnectionWasClosed_OpensAFreshOne()
    {
        await using var bench = new SmtpBench();
        await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);
        bench.Server.CloseConnections();

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.Delivered, 2, 2), (outcome.Result, bench.Server.Connections, bench.Server.Mails.Count));
    }

    [Theory]
    [InlineData(ScriptedSmtpServer.HangUp)]
    [InlineData("421 4.4.2 idle for too long")]
    public async Task Send_WhenTheWaitingConnectionBreaksBeforeTheMessage_TriesOnceMoreOnAFreshOne(string reply)
    {
        await using var bench = new SmtpBench();
        await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);
        bench.Server.AnswerOnce(SmtpStep.Mail, reply);

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.Delivered, 2, 2), (outcome.Result, bench.Server.Connections, bench.Server.Mails.Count));
    }

    [Fact]
    public async Task Send_WhenTheFreshConnectionBreaksToo_TriesNoFurther()
    {
        await using var bench = new SmtpBench();
        await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);
        bench.Server.Answer(SmtpStep.Mail, ScriptedSmtpServer.HangUp);

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.Failed, "connection", 2), (outcome.Result, outcome.Code, bench.Server.Connections));
    }

    [Theory]
    [InlineData("Body")]
    [InlineData("Message")]
    public async Task Send_WhenTheWaitingConnectionBreaksInTheMessage_TriesNoFurther(string step)
    {
        await using var bench = new SmtpBench();
        await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);
        bench.Server.AnswerOnce(Enum.Parse<SmtpStep>(step), ScriptedSmtpServer.HangUp);

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.Unknown, 1), (outcome.Result, bench.Server.Connections));
    }

    [Fact]
    public async Task Pool_AfterTwentySecondsWithoutMail_ClosesItsConnections()
    {
        var time = new FakeTimeProvider();
        await using var bench = new SmtpBench(time: time);
        await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);
        time.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal(1, bench.Mailer.IdleConnections);

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0, bench.Mailer.IdleConnections);
        await WaitUntilAsync(() => bench.Server.OpenConnections == 0);
        Assert.Equal(1, bench.Server.Seen(SmtpStep.Quit));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pool_WhenDisposed_ClosesItsConnections(bool politely)
    {
        await using var bench = new SmtpBench();
        await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);
        Assert.Equal(1, bench.Server.OpenConnections);

        if (politely)
        {
            await bench.Mailer.DisposeAsync();
        }
        else
        {
#pragma warning disable CA1849, MA0042 // The other way to dispose is what is tested.
            bench.Mailer.Dispose();
#pragma warning restore CA1849, MA0042
        }

        await WaitUntilAsync(() => bench.Server.OpenConnections == 0);
    }

    [Fact]
    public async Task Send_FromEightAtOnce_LosesAndDoublesNothing()
    {
        await using var bench = new SmtpBench();
        var mails = Enumerable.Range(0, 160).Select(i => SmtpBench.Mail($"pelanggan{i}@example.com")).ToArray();

        var results = await Task.WhenAll(mails.Chunk(20).Select(async chunk =>
        {
            var outcomes = new List<DeliveryResult>();
            foreach (var mail in chunk)
            {
                outcomes.Add((await bench.Mailer.SendAsync(mail, Stop)).Result);
            }

            return outcomes;
        }));

        Assert.All(results.SelectMany(outcomes => outcomes), result => Assert.Equal(DeliveryResult.Delivered, result));
        var expected = mails.Select(mail => $"{mail.Recipient} {mail.MessageId:N}@buatfilm.example").Order(StringComparer.Ordinal);
        Assert.Equal(expected, bench.Server.Mails.Select(mail => $"{mail.Recipient} {mail.Parse().MessageId}").Order(StringComparer.Ordinal));
        Assert.InRange(bench.Server.Connections, 1, 8);
    }

    [Fact]
    public async Task Send_WhenAllConnectionsAreTaken_IsNotTried()
    {
        await using var bench = new SmtpBench(options =>
        {
            options.MaxConnections = 1;
            options.CommandTimeout = TimeSpan.FromMilliseconds(1500);
        });
        bench.Server.Answer(SmtpStep.Rcpt, ScriptedSmtpServer.Silence);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var first = bench.Mailer.SendAsync(SmtpBench.Mail(), caller.Token);

        var second = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.NotTried, ServiceVerdict.NotCalled, "busy"), (second.Result, second.Verdict, second.Code));
        await caller.CancelAsync();
        Assert.Equal((DeliveryResult.NotTried, "stopped"), ((await first).Result, (await first).Code));
    }

    [Fact]
    public async Task Breaker_AfterFiveOutages_OpensAndNothingIsTried()
    {
        await using var bench = new SmtpBench();
        bench.Server.Answer(SmtpStep.Mail, "451 4.3.0 later");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal((BreakerState.Closed, DeliveryResult.Failed), (bench.Breaker, (await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop)).Result));
        }

        var calls = bench.Server.Seen(SmtpStep.Mail);
        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal(BreakerState.Open, bench.Breaker);
        Assert.Equal((DeliveryResult.NotTried, ServiceVerdict.NotCalled, "breaker_open"), (outcome.Result, outcome.Verdict, outcome.Code));
        Assert.InRange(outcome.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2));
        Assert.Equal(calls, bench.Server.Seen(SmtpStep.Mail));
    }

    [Fact]
    public async Task Breaker_AfterAHundredRefusedRecipients_StaysClosed()
    {
        await using var bench = new SmtpBench();
        bench.Server.Answer(SmtpStep.Rcpt, "550 5.1.1 no such user");

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(DeliveryResult.Refused, (await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop)).Result);
        }

        Assert.Equal((BreakerState.Closed, 1), (bench.Breaker, bench.Server.Connections));
    }

    [Fact]
    public async Task SignIn_AfterAWrongPassword_IsNotTriedAgainForFiveMinutes()
    {
        var time = new FakeTimeProvider();
        await using var bench = new SmtpBench(time: time);
        bench.Server.AnswerOnce(SmtpStep.Auth, "535 5.7.8 wrong password");

        var first = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);
        time.Advance(TimeSpan.FromMinutes(1));
        var second = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((ServiceVerdict.Misconfigured, "auth", TimeSpan.FromMinutes(5)), (first.Verdict, first.Code, first.RetryAfter));
        Assert.Equal((DeliveryResult.NotTried, ServiceVerdict.NotCalled, "auth", TimeSpan.FromMinutes(4)), (second.Result, second.Verdict, second.Code, second.RetryAfter));
        Assert.Equal(1, bench.Server.Seen(SmtpStep.Auth));

        time.Advance(TimeSpan.FromMinutes(4));
        var third = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal(DeliveryResult.Delivered, third.Result);
    }

    [Fact]
    public async Task Send_WithoutUsername_DoesNotSignIn()
    {
        await using var bench = new SmtpBench(options => (options.Username, options.Password) = (null, null));
        bench.Server.EhloExtensions = "";

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.Delivered, 0), (outcome.Result, bench.Server.Seen(SmtpStep.Auth)));
    }

    [Fact]
    public async Task Send_ToAServerWithPipelining_JudgesARefusedRecipientAlike()
    {
        await using var bench = new SmtpBench();
        bench.Server.EhloExtensions = "PIPELINING\nSIZE 1000000\nAUTH PLAIN\n8BITMIME\nENHANCEDSTATUSCODES";
        bench.Server.AnswerOnce(SmtpStep.Rcpt, "550 5.1.1 no such user");

        var first = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);
        var second = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.Refused, DeliveryResult.Delivered), (first.Result, second.Result));
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 200 && !condition(); i++)
        {
            await Task.Delay(25, Stop);
        }

        Assert.True(condition());
    }
}
