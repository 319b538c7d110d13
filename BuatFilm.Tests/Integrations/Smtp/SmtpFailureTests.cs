using BuatFilm.Admin.Integrations.Smtp;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Integrations.Smtp;

/// <summary>What each answer of a mail server means, row by row, over a real socket.</summary>
public sealed class SmtpFailureTests
{
    [Theory]

    // "I am closing" concerns everybody, at whatever step.
    [InlineData("Greeting", "421 4.3.2 closing", "Failed", "Outage", "421", null)]
    [InlineData("Ehlo", "421 closing", "Failed", "Outage", "connection", null)] // HELO is tried next, and nobody is there.
    [InlineData("Ehlo", "554 not now", "Failed", "Outage", "554", null)]
    [InlineData("Auth", "421 4.3.2 closing", "Failed", "Outage", "421", null)]
    [InlineData("Mail", "421 4.3.2 closing", "Failed", "Outage", "421", null)]
    [InlineData("Rcpt", "421 4.7.0 too many", "Failed", "Outage", "421", null)]
    [InlineData("Data", "421 closing", "Failed", "Outage", "421", null)]
    [InlineData("Message", "421 4.3.2 closing", "Failed", "Outage", "421", null)]

    // The greeting.
    [InlineData("Greeting", "450 later", "Failed", "Outage", "450", null)]
    [InlineData("Greeting", "554 no service here", "Failed", "Outage", "554", null)]
    [InlineData("Greeting", "not a reply at all", "Failed", "Outage", "connection", null)]

    // One recipient.
    [InlineData("Rcpt", "450 4.2.1 busy", "Failed", "Answered", "450", null)]
    [InlineData("Rcpt", "450 4.7.1 greylisted", "Failed", "Answered", "450", 300)]
    [InlineData("Rcpt", "451 4.7.1 greylisted", "Failed", "Answered", "451", 300)]
    [InlineData("Rcpt", "450 4.7.10 not greylisting", "Failed", "Answered", "450", null)]
    [InlineData("Rcpt", "451 local error", "Failed", "Answered", "451", null)]
    [InlineData("Rcpt", "452 4.2.2 full", "Failed", "Answered", "452", null)]
    [InlineData("Rcpt", "550 5.1.1 no such user", "Refused", "Answered", "550", null)]
    [InlineData("Rcpt", "551 not here", "Refused", "Answered", "551", null)]
    [InlineData("Rcpt", "552 5.2.2 full", "Refused", "Answered", "552", null)]
    [InlineData("Rcpt", "553 bad name", "Refused", "Answered", "553", null)]
    [InlineData("Rcpt", "556 5.1.10 takes no mail", "Refused", "Answered", "556", null)]

    // The enhanced code is the more exact one.
    [InlineData("Rcpt", "550 4.2.2 full for now", "Failed", "Answered", "550", null)]
    [InlineData("Rcpt", "450 5.1.1 no such user", "Refused", "Answered", "450", null)]
    [InlineData("Message", "554 4.3.1 disk full", "Failed", "Outage", "554", null)]
    [InlineData("Message", "451 5.7.1 spam", "Refused", "Answered", "451", null)]
    [InlineData("Mail", "550 4.3.0 later", "Failed", "Outage", "550", null)]

    // The sender: us.
    [InlineData("Mail", "451 4.3.0 later", "Failed", "Outage", "451", null)]
    [InlineData("Mail", "452 no room", "Failed", "Outage", "452", null)]
    [InlineData("Mail", "550 5.7.1 you may not", "NotTried", "Misconfigured", "550", 300)]
    [InlineData("Mail", "553 not your address", "NotTried", "Misconfigured", "553", 300)]
    [InlineData("Mail", "530 5.7.0 sign in first", "NotTried", "Misconfigured", "530", 300)]
    [InlineData("Rcpt", "530 5.7.0 sign in first", "NotTried", "Misconfigured", "530", 300)]

    // The message.
    [InlineData("Data", "451 later", "Failed", "Outage", "451", null)]
    [InlineData("Data", "554 5.5.1 no", "Refused", "Answered", "554", null)]
    [InlineData("Message", "451 4.3.0 later", "Failed", "Outage", "451", null)]
    [InlineData("Message", "452 4.3.1 disk full", "Failed", "Outage", "452", null)]
    [InlineData("Message", "552 5.3.4 too big", "Refused", "Answered", "552", null)]
    [InlineData("Message", "554 5.7.1 spam", "Refused", "Answered", "554", null)]

    // Signing in.
    [InlineData("Auth", "535 5.7.8 wrong password", "NotTried", "Misconfigured", "auth", 300)]
    [InlineData("Auth", "530 5.7.0 not like this", "NotTried", "Misconfigured", "auth", 300)]
    [InlineData("Auth", "454 4.7.0 later", "Failed", "Outage", "454", null)]

    // The connection.
    [InlineData("Greeting", ScriptedSmtpServer.HangUp, "Failed", "Outage", "connection", null)]
    [InlineData("Ehlo", ScriptedSmtpServer.HangUp, "Failed", "Outage", "connection", null)]
    [InlineData("Auth", ScriptedSmtpServer.HangUp, "Failed", "Outage", "connection", null)]
    [InlineData("Mail", ScriptedSmtpServer.HangUp, "Failed", "Outage", "connection", null)]
    [InlineData("Rcpt", ScriptedSmtpServer.HangUp, "Failed", "Outage", "connection", null)]
    [InlineData("Data", ScriptedSmtpServer.HangUp, "Failed", "Outage", "connection", null)]
    [InlineData("Body", ScriptedSmtpServer.HangUp, "Unknown", "Outage", "connection", null)]
    [InlineData("Message", ScriptedSmtpServer.HangUp, "Unknown", "Outage", "connection", null)]
    public async Task Send_AfterThisAnswer_ReportsWhatItMeans(string step, string reply, string result, string verdict, string code, int? retryAfterSeconds)
    {
        await using var bench = new SmtpBench();
        bench.Server.Answer(Enum.Parse<SmtpStep>(step), reply);

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), TestContext.Current.CancellationToken);

        Assert.Equal(
            (Enum.Parse<DeliveryResult>(result), Enum.Parse<ServiceVerdict>(verdict), code, retryAfterSeconds),
            (outcome.Result, outcome.Verdict, outcome.Code, (int?)outcome.RetryAfter?.TotalSeconds));
        Assert.False(string.IsNullOrWhiteSpace(outcome.Error));
    }

    [Theory]
    [InlineData("Greeting", 5000, 300, 5000, "Failed")]
    [InlineData("Ehlo", 5000, 300, 5000, "Failed")]
    [InlineData("Auth", 5000, 300, 5000, "Failed")]
    [InlineData("Mail", 5000, 5000, 300, "Failed")]
    [InlineData("Rcpt", 5000, 5000, 300, "Failed")]
    [InlineData("Data", 5000, 5000, 1000, "Failed")]
    [InlineData("Body", 5000, 5000, 1000, "Unknown")]
    [InlineData("Message", 5000, 5000, 1000, "Unknown")]
    public async Task Send_WhenTheServerGoesSilent_EndsAtThisPhasesDeadline(string step, int connect, int command, int data, string result)
    {
        await using var bench = new SmtpBench(SmtpBench.Timeouts(connect, command, data));
        bench.Server.Answer(Enum.Parse<SmtpStep>(step), ScriptedSmtpServer.Silence);
        var started = TimeProvider.System.GetTimestamp();

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), TestContext.Current.CancellationToken);

        Assert.Equal((Enum.Parse<DeliveryResult>(result), ServiceVerdict.Outage, "timeout"), (outcome.Result, outcome.Verdict, outcome.Code));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(4));
    }

    [Theory]
    [InlineData("Mail", "Failed")]
    [InlineData("Message", "Unknown")]
    public async Task Send_WhenTheBreakersDeadlineComesFirst_StillKnowsHowFarItCame(string step, string result)
    {
        await using var bench = new SmtpBench(breaker: breaker => breaker.AttemptTimeout = TimeSpan.FromMilliseconds(2000));
        bench.Server.Answer(Enum.Parse<SmtpStep>(step), ScriptedSmtpServer.Silence);

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), TestContext.Current.CancellationToken);

        Assert.Equal((Enum.Parse<DeliveryResult>(result), ServiceVerdict.Outage, "timeout"), (outcome.Result, outcome.Verdict, outcome.Code));
    }

    [Fact]
    public async Task Send_WhenNothingListens_IsAnOutage()
    {
        await using var bench = new SmtpBench();
        await bench.Server.DisposeAsync();

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), TestContext.Current.CancellationToken);

        Assert.Equal((DeliveryResult.Failed, ServiceVerdict.Outage, "connection"), (outcome.Result, outcome.Verdict, outcome.Code));
    }

    [Theory]
    [InlineData("Greeting")]
    [InlineData("Rcpt")]
    [InlineData("Data")]
    public async Task Send_WhenTheCallerGivesUpBeforeTheMessageWasOut_WasNotTried(string step)
    {
        await using var bench = new SmtpBench();
        bench.Server.Answer(Enum.Parse<SmtpStep>(step), ScriptedSmtpServer.Silence);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        caller.CancelAfter(TimeSpan.FromMilliseconds(300));

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), caller.Token);

        Assert.Equal((DeliveryResult.NotTried, ServiceVerdict.NotCalled, "stopped"), (outcome.Result, outcome.Verdict, outcome.Code));
    }

    [Fact]
    public async Task Send_WhenTheCallerGivesUpAfterTheFinalDot_Throws()
    {
        await using var bench = new SmtpBench();
        bench.Server.Answer(SmtpStep.Message, ScriptedSmtpServer.Silence);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var sending = bench.Mailer.SendAsync(SmtpBench.Mail(), caller.Token);
        await AppHost.EventuallyAsync(() => Task.FromResult(bench.Server.Mails.Count == 1), "the mail arrives");

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public void Clean_AServersWords_AreCutAndHaveNoControlCharacters()
    {
        var cleaned = SmtpFailure.Clean("a\r\nb\u001b[31m" + new string('x', 997 - 7) + "🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬");

        Assert.DoesNotContain(cleaned, char.IsControl);
        Assert.InRange(cleaned.Length, SmtpFailure.MaxErrorLength - 1, SmtpFailure.MaxErrorLength);
        Assert.False(char.IsHighSurrogate(cleaned[^1]));
    }
}
