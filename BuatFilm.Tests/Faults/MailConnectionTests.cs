using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using BuatFilm.Admin.Integrations.Smtp;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Integrations.Smtp;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Faults;

/// <summary>F15: everything that a network does to the connection with the mail server, at every place of the conversation.</summary>
/// <remarks>Three things must hold: what became of the mail is never told wrongly, the deadline is kept, and a mail that is sent again is the same mail.</remarks>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A seed repeats the run.")]
public sealed class MailConnectionTests : IAsyncLifetime
{
    private const string Invitation = "354";
    private const string FinalDot = "\r\n.\r\n";

    /// <summary>Above all buffers between the mailer and the proxy: what the proxy has not read of it cannot have been the end.</summary>
    private const int BigMail = 12 * 1024 * 1024;
    private const int Buffers = 8 * 1024 * 1024;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(4);

    private SmtpBench _bench = null!;
    private TcpFaultProxy _proxy = null!;
    private SmtpMailer _mailer = null!;
    private TimeSpan _slowest;
    private int _wrong;
    private int _unknown;

    public ValueTask InitializeAsync()
    {
        _bench = new SmtpBench();
        _proxy = new TcpFaultProxy(_bench.Server.Port);
        _mailer = _bench.MailerTo(
            _proxy.Port,
            SmtpBench.Timeouts(connect: 1200, command: 1200, data: 2400),
            breaker => (breaker.AttemptTimeout, breaker.MinimumThroughput, breaker.ConsecutiveFailures) = (Deadline, 10_000, 10_000));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _mailer.DisposeAsync();
        await _proxy.DisposeAsync();
        await _bench.DisposeAsync();
    }

    [Fact]
    public async Task Connection_CutAtEveryPlace_IsJudgedRightlyAndInTime()
    {
        (string Name, Toxics Toxics, bool Big, DeliveryResult[] Allowed)[] cases =
        [
            ("reset before the greeting", new() { CutAt = (Way.Down, "220", Cut.Reset) }, false, [DeliveryResult.Failed]),
            ("a silent server", new() { CutAt = (Way.Down, "220", Cut.Silence) }, false, [DeliveryResult.Failed]),
            ("reset at the sign-in", new() { CutAt = (Way.Up, "AUTH", Cut.Reset) }, false, [DeliveryResult.Failed]),
            ("silence at the envelope", new() { CutAt = (Way.Up, "RCPT", Cut.Silence) }, false, [DeliveryResult.Failed]),
            ("reset after DATA", new() { CutAt = (Way.Down, Invitation, Cut.Reset) }, false, [DeliveryResult.Failed]),
            ("silence after DATA", new() { CutAt = (Way.Down, Invitation, Cut.Silence) }, false, [DeliveryResult.Failed]),
            ("reset within a big mail", new() { CutOff = (Way.Up, 300_000, Cut.Reset) }, true, [DeliveryResult.Failed]),
            ("silence within a big mail", new() { CutOff = (Way.Up, 300_000, Cut.Silence) }, true, [DeliveryResult.Failed]),
            ("an end within a big mail", new() { CutOff = (Way.Up, 300_000, Cut.Close) }, true, [DeliveryResult.Failed]),
            ("reset at the final dot", new() { CutAt = (Way.Up, FinalDot, Cut.Reset) }, false, [DeliveryResult.Unknown]),
            ("silence at the final dot", new() { CutAt = (Way.Up, FinalDot, Cut.Silence) }, false, [DeliveryResult.Unknown]),
            ("reset before the 250", new() { CutAt = (Way.Down, "250 2.0.0", Cut.Reset) }, false, [DeliveryResult.Unknown]),
            ("an end before the 250", new() { CutAt = (Way.Down, "250 2.0.0", Cut.Close) }, false, [DeliveryResult.Unknown]),
            ("silence before the 250", new() { CutAt = (Way.Down, "250 2.0.0", Cut.Silence) }, false, [DeliveryResult.Unknown]),
            ("a slow way", new(Latency: TimeSpan.FromMilliseconds(60)), false, [DeliveryResult.Delivered]),
            ("a way slower than the deadlines", new(Latency: TimeSpan.FromSeconds(5)), false, [DeliveryResult.Failed]),
            ("a slow way from the message on", new(Latency: TimeSpan.FromSeconds(5)) { From = "DATA" }, false, [DeliveryResult.Failed]),
            ("ten bytes a second", new(BytesPerSecond: 10), false, [DeliveryResult.Failed]),
            ("ten bytes a second from the message on", new(BytesPerSecond: 10) { From = "Message-Id" }, false, [DeliveryResult.Unknown]),
            ("a tarpit of one byte at a time", new(SliceBytes: 1, SliceDelay: TimeSpan.FromMilliseconds(600)), false, [DeliveryResult.Failed]),
            ("a big mail at ten bytes a second", new(BytesPerSecond: 10) { From = "Message-Id" }, true, [DeliveryResult.Failed]),
            ("everything in single bytes", new(SliceBytes: 1), false, [DeliveryResult.Delivered]),
        ];

        foreach (var (name, toxics, big, allowed) in cases)
        {
            var result = await TryAsync(name, toxics, big);
            Assert.True(allowed.Contains(result), $"{name}: {result}");
        }

        Report("F15 places", cases.Length);
    }

    [Fact]
    public async Task Connection_CutAnywhere_IsJudgedRightlyAndInTime()
    {
        var rounds = FaultCounts.Of(quick: 24, full: 800);
        var seed = FaultReport.NewSeed("F15");
        var dice = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            var big = dice.Next(8) == 0;
            var way = dice.Next(3) == 0 ? Way.Down : Way.Up;
            var after = way == Way.Down ? dice.Next(0, 400) : big ? dice.Next(0, BigMail + 2000) : dice.Next(0, 3000);
            var how = dice.Next(4) switch
            {
                0 => Cut.Silence, // The slowest: it ends by a deadline.
                1 => Cut.Close,
                _ => Cut.Reset,
            };

            await TryAsync(string.Create(CultureInfo.InvariantCulture, $"round {round}: {how} after {after} bytes {way}, {(big ? "big" : "small")}"), new() { CutOff = (way, after, how) }, big);
        }

        Report("F15", rounds, seed);
    }

    [Fact]
    public async Task WaitingConnection_ForgottenByTheServer_CostsNoWholeDeadline()
    {
        await using var mailer = _bench.MailerTo(_proxy.Port, SmtpBench.Timeouts(command: 500, data: 20_000), breaker => breaker.AttemptTimeout = TimeSpan.FromSeconds(25));
        Assert.Equal(DeliveryResult.Delivered, (await mailer.SendAsync(SmtpBench.Mail(), TestContext.Current.CancellationToken)).Result);
        Assert.Equal(1, mailer.IdleConnections);
        _bench.Server.AnswerOnce(SmtpStep.Mail, ScriptedSmtpServer.Silence);
        var started = TimeProvider.System.GetTimestamp();

        var outcome = await mailer.SendAsync(SmtpBench.Mail(), TestContext.Current.CancellationToken);

        Assert.Equal((DeliveryResult.Delivered, 2), (outcome.Result, _bench.Server.Connections));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(15)); // Of a command, not of a message.
    }

    private async Task<DeliveryResult> TryAsync(string name, Toxics toxics, bool big)
    {
        await _proxy.ResetAsync();
        _proxy.Toxics = toxics;
        var mail = SmtpBench.Mail();
        if (big)
        {
            mail = mail with { Text = string.Concat(Enumerable.Repeat("Sewa kamera untuk dua hari, lampu, dan tripod.\n.\n", BigMail / 49)) };
        }

        var started = TimeProvider.System.GetTimestamp();
        var outcome = await _mailer.SendAsync(mail, TestContext.Current.CancellationToken);
        var took = TimeProvider.System.GetElapsedTime(started);
        _slowest = took > _slowest ? took : _slowest;
        Assert.True(took < Deadline + TimeSpan.FromSeconds(2), $"{name}: it took {took}.");

        var read = _proxy.ReadUp;
        await _proxy.ResetAsync();
        var arrived = Copies(mail).Length > 0;
        var cannotHaveEnded = big && read < BigMail - Buffers;
        var isRight = outcome.Result switch
        {
            DeliveryResult.Delivered => arrived,
            DeliveryResult.Unknown => !cannotHaveEnded,
            DeliveryResult.Failed => !arrived,
            DeliveryResult.Refused or DeliveryResult.NotTried => false,
        };
        _wrong += isRight ? 0 : 1;
        _unknown += outcome.Result == DeliveryResult.Unknown ? 1 : 0;
        Assert.True(isRight, $"{name}: {outcome.Result} ({outcome.Code}), and the server {(arrived ? "has it" : "does not have it")}; {read} bytes were read.");

        // Whoever does not know sends again; the customer's mail program must see that it is one mail.
        _proxy.Toxics = new Toxics();
        var doubts = outcome.Result is DeliveryResult.Unknown or DeliveryResult.Delivered ? 1 : 0;
        var again = await _mailer.SendAsync(mail, TestContext.Current.CancellationToken);
        for (var tries = 1; again.Result != DeliveryResult.Delivered && tries < 5; tries++)
        {
            // The deadlines are short, and the machine may be busy.
            doubts += again.Result == DeliveryResult.Unknown ? 1 : 0;
            again = await _mailer.SendAsync(mail, TestContext.Current.CancellationToken);
        }

        Assert.Equal(DeliveryResult.Delivered, again.Result);
        Assert.InRange(Copies(mail).Length, 1, doubts + 1);
        return outcome.Result;
    }

    private ReceivedMail[] Copies(EmailMessage mail) =>
        [.. _bench.Server.Mails.Where(received => received.Raw[..Math.Min(received.Raw.Length, 2000)].Contains($"{mail.MessageId:N}@buatfilm.example", StringComparison.OrdinalIgnoreCase))];

    private void Report(string fault, int rounds, int? seed = null)
    {
        FaultReport.Write(fault, new { Rounds = rounds, Seed = seed, Unknown = _unknown, Misclassified = _wrong, MaxSendSeconds = Math.Round(_slowest.TotalSeconds, 2), DeadlineSeconds = Deadline.TotalSeconds });
        Assert.Equal(0, _wrong);
        Assert.True(_unknown > 0, "Nothing was ever in doubt.");
    }
}
