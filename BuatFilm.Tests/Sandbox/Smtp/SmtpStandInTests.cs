using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using BuatFilm.Admin.Sandbox;
using BuatFilm.Admin.Sandbox.Faults;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using static BuatFilm.Tests.Sandbox.SandboxUnderTest;

namespace BuatFilm.Tests.Sandbox.Smtp;

public sealed class SmtpStandInTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Mail_ByARealClient_IsShownDecoded(bool authenticates, bool encrypts)
    {
        await using var sandbox = await StartAsync(settings => settings with { SmtpStartTls = encrypts });
        using var client = Client();

        await client.ConnectAsync(
            sandbox.Host.SmtpHost, sandbox.Host.SmtpPort, encrypts ? SecureSocketOptions.StartTls : SecureSocketOptions.None, Cancellation);
        if (authenticates)
        {
            await client.AuthenticateAsync("anybody", "any password", Cancellation);
        }

        await client.SendAsync(Mail("BF-1-A"), Cancellation);
        await client.DisconnectAsync(quit: true, Cancellation);

        Assert.Equal(encrypts, client.Capabilities.HasFlag(SmtpCapabilities.StartTLS) || encrypts);
        var shown = Assert.Single((await GetAsync(sandbox.Api, "/sandbox/api/messages")).Json!.AsArray())!;
        Assert.Equal("email", shown["channel"]!.ToString());
        Assert.Equal("siti@example.test", shown["recipient"]!.ToString());
        Assert.Equal("Pesanan BF-1-A dibayar – terima kasih", shown["subject"]!.ToString());
        Assert.Equal(".Halo Siti é\n..\npesanan BF-1-A", shown["body"]!.ToString().ReplaceLineEndings("\n").TrimEnd());
        Assert.Contains("<p>", shown["html"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("BF-1-A", shown["orderId"]!.ToString());
        Assert.Equal("bf-1-a.paid@buatfilm.test", shown["messageId"]!.ToString());
        Assert.NotNull(shown["at"]);
    }

    [Fact]
    public async Task Mail_ToSeveralRecipients_IsShownForEach()
    {
        await using var sandbox = await StartAsync();
        using var client = await ConnectAsync(sandbox);
        var mail = Mail("BF-1-A");
        mail.Cc.Add(new MailboxAddress("Ops", "ops@example.test"));

        await client.SendAsync(mail, Cancellation);

        Assert.Equal(["siti@example.test", "ops@example.test"], sandbox.Host.Messages.Select(message => message.Recipient));
    }

    [Fact]
    public async Task Login_WhenConfigured_IsRequiredAndChecked()
    {
        await using var sandbox = await StartAsync(settings => settings with { SmtpLogin = new SmtpLogin("shop", "secret") });
        using var client = await ConnectAsync(sandbox);

        await Assert.ThrowsAsync<ServiceNotAuthenticatedException>(() => client.SendAsync(Mail("BF-1-A"), Cancellation));
        await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsync("shop", "wrong", Cancellation));
        await client.AuthenticateAsync("shop", "secret", Cancellation);
        await client.SendAsync(Mail("BF-1-A"), Cancellation);

        Assert.Single(sandbox.Host.Messages);
    }

    [Theory]
    [InlineData("error", SmtpStatusCode.ErrorInProcessing, SmtpErrorCode.SenderNotAccepted)]
    [InlineData("refuse", SmtpStatusCode.MailboxUnavailable, SmtpErrorCode.RecipientNotAccepted)]
    public async Task Fault_ThatRefuses_MeetsAnOpenConnectionAtOnce(string mode, SmtpStatusCode status, SmtpErrorCode error)
    {
        await using var sandbox = await StartAsync();
        using var client = await ConnectAsync(sandbox);
        await client.SendAsync(Mail("BF-1-A"), Cancellation);

        await PostAsync(sandbox.Api, "/sandbox/api/faults", $$"""{"service":"smtp","mode":"{{mode}}"}""");
        var refused = await Assert.ThrowsAsync<SmtpCommandException>(() => client.SendAsync(Mail("BF-2-A"), Cancellation));
        await PostAsync(sandbox.Api, "/sandbox/api/faults", """{"service":"smtp","mode":"ok"}""");
        await client.SendAsync(Mail("BF-3-A"), Cancellation);

        Assert.Equal((status, error), (refused.StatusCode, refused.ErrorCode));
        Assert.Equal(["BF-1-A", "BF-3-A"], sandbox.Host.Messages.Select(message => message.OrderId));
    }

    [Fact]
    public async Task Fault_Hang_LeavesTheClientWaiting()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SetFaultAsync("smtp", FaultMode.Hang);
        using var client = Client();
        client.Timeout = 300;

        await Assert.ThrowsAsync<TimeoutException>(() => client.ConnectAsync(
            sandbox.Host.SmtpHost, sandbox.Host.SmtpPort, SecureSocketOptions.None, Cancellation));
        Assert.Empty(sandbox.Host.Messages);
    }

    [Fact]
    public async Task Fault_Hang_SilencesAnOpenConnectionAndClosesItWhenLifted()
    {
        await using var sandbox = await StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(sandbox.Host.SmtpHost, sandbox.Host.SmtpPort, Cancellation);
        using var reader = new StreamReader(client.GetStream());
        await reader.ReadLineAsync(Cancellation);

        await sandbox.SetFaultAsync("smtp", FaultMode.Hang);
        await client.GetStream().WriteAsync("NOOP\r\n"u8.ToArray(), Cancellation);
        var reply = reader.ReadLineAsync(Cancellation).AsTask();
        await Task.Delay(200, Cancellation);
        Assert.False(reply.IsCompleted);

        await sandbox.SetFaultAsync("smtp", FaultMode.Ok);
        await Assert.ThrowsAnyAsync<IOException>(() => reply);
    }

    [Fact]
    public async Task Fault_Down_RefusesClosesAndComesBackOnItsPort()
    {
        await using var sandbox = await StartAsync();
        var port = sandbox.Host.SmtpPort;
        using var open = await ConnectAsync(sandbox);

        await sandbox.SetFaultAsync("smtp", FaultMode.Down);
        await Assert.ThrowsAnyAsync<Exception>(() => open.NoOpAsync(Cancellation));
        var refused = await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(sandbox));
        await sandbox.SetFaultAsync("smtp", FaultMode.Ok);
        using var back = await ConnectAsync(sandbox);
        await back.SendAsync(Mail("BF-1-A"), Cancellation);

        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        Assert.Equal(port, sandbox.Host.SmtpPort);
        Assert.Single(sandbox.Host.Messages);
    }

    [Fact]
    public async Task Fault_Slow_AnswersLateAndEndsWithTheSandbox()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SetFaultAsync("smtp", FaultMode.Slow, delayMs: 200);
        var watch = Stopwatch.StartNew();
        using var client = await ConnectAsync(sandbox);
        Assert.InRange(watch.ElapsedMilliseconds, 350, 15_000);

        await sandbox.SetFaultAsync("smtp", FaultMode.Slow, delayMs: 600_000);
        var sending = client.SendAsync(Mail("BF-1-A"), Cancellation);
        watch.Restart();
        await sandbox.StopAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => sending);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 15_000);
    }

    [Fact]
    public async Task Conversation_ByHand_FollowsTheRfc()
    {
        await using var sandbox = await StartAsync();

        var replies = await TalkAsync(
            sandbox,
            """
            RCPT TO:<a@b.test>
            MAIL FROM:<shop@b.test>
            EHLO me
            NOOP
            HELP
            VRFY a
            NONSENSE
            MAIL FROM:shop
            MAIL FROM:<shop@b.test> SIZE=99999999
            MAIL FROM:<>
            RCPT TO:<>
            RCPT TO:<a@b.test>
            RSET
            DATA
            MAIL FROM:<shop@b.test> BODY=8BITMIME
            DATA
            RCPT TO:<a@b.test>
            DATA
            Subject: Uji

            ..titik
            .
            QUIT

            """);

        Assert.Equal(
            "220 503 503 250 250 214 252 500 501 552 250 553 250 250 503 250 554 250 354 250 221",
            string.Join(' ', replies.Where(line => line[3] == ' ').Select(line => line[..3])));
        Assert.Contains("250-PIPELINING", replies);
        Assert.Contains("250-SMTPUTF8", replies);
        Assert.DoesNotContain(replies, line => line.Contains("STARTTLS", StringComparison.Ordinal) && line.StartsWith("250", StringComparison.Ordinal));
        Assert.Equal(".titik", Assert.Single(sandbox.Host.Messages).Body.TrimEnd());
    }

    [Fact]
    public async Task Data_WithALineThatIsTooLong_IsRefusedWhole()
    {
        await using var sandbox = await StartAsync();

        var replies = await TalkAsync(sandbox, $"EHLO me\nMAIL FROM:<a@b.test>\nRCPT TO:<a@b.test>\nDATA\n{new string('x', 999)}\n.\nQUIT\n");

        Assert.StartsWith("554 5.6.0", replies[^2], StringComparison.Ordinal);
        Assert.Empty(sandbox.Host.Messages);
    }

    [Fact]
    public async Task Command_ThatIsTooLong_IsRefusedAndTheNextOneHeard()
    {
        await using var sandbox = await StartAsync();

        var replies = await TalkAsync(sandbox, $"EHLO {new string('x', 20_000)}\nNOOP\nQUIT\n");

        Assert.Equal(["220", "500", "250", "221"], replies.Select(line => line[..3]));
    }

    [Fact]
    public async Task Data_WithADotBetweenBareLineFeeds_DoesNotEnd()
    {
        await using var sandbox = await StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(sandbox.Host.SmtpHost, sandbox.Host.SmtpPort, Cancellation);

        var smuggled = "EHLO me\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<a@b.test>\r\nDATA\r\nSubject: x\r\n\r\nsatu\n.\nMAIL FROM:<evil@b.test>\r\n.\r\nQUIT\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(smuggled), Cancellation);
        using var reader = new StreamReader(client.GetStream());
        await reader.ReadToEndAsync(Cancellation);

        Assert.Contains("evil", Assert.Single(sandbox.Host.Messages).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_ManyAtOnce_AreAllServed()
    {
        await using var sandbox = await StartAsync();

        await Parallel.ForEachAsync(Enumerable.Range(0, 60), new ParallelOptions { MaxDegreeOfParallelism = 20 }, async (number, _) =>
        {
            using var client = await ConnectAsync(sandbox);
            await client.SendAsync(Mail($"BF-{number}-A"), Cancellation);
        });

        Assert.Equal(60, sandbox.Host.Messages.Select(message => message.OrderId).Distinct().Count());
        var stats = await GetAsync(sandbox.Api, "/sandbox/api/stats");
        Assert.Equal("60 60 0", $"{stats["smtp"]!["connections"]} {stats["smtp"]!["accepted"]} {stats["smtp"]!["rejected"]}");
    }

    private static SmtpClient Client()
    {
        var client = new SmtpClient
        {
            CheckCertificateRevocation = false,
#pragma warning disable CA5359 // The stand-in's certificate is vouched for by nobody; that it is offered is what is tested.
            ServerCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        };
        return client;
    }

    private static async Task<SmtpClient> ConnectAsync(SandboxUnderTest sandbox)
    {
        var client = Client();
        try
        {
            await client.ConnectAsync(sandbox.Host.SmtpHost, sandbox.Host.SmtpPort, SecureSocketOptions.None, Cancellation);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Says the lines, all at once, and returns every line of reply until the server closes.</summary>
    private static async Task<IReadOnlyList<string>> TalkAsync(SandboxUnderTest sandbox, string lines)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(sandbox.Host.SmtpHost, sandbox.Host.SmtpPort, Cancellation);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(lines.ReplaceLineEndings("\r\n")), Cancellation);

        using var reader = new StreamReader(client.GetStream());
        var replies = await reader.ReadToEndAsync(Cancellation);
        return replies.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }

    private static MimeMessage Mail(string orderId)
    {
        var mail = new MimeMessage
        {
            Subject = $"Pesanan {orderId} dibayar – terima kasih",
            MessageId = $"{orderId.ToLowerInvariant()}.paid@buatfilm.test",
            Body = new BodyBuilder
            {
                TextBody = $".Halo Siti é\n..\npesanan {orderId}",
                HtmlBody = $"<p>Halo Siti, pesanan {orderId}</p>",
            }.ToMessageBody(),
        };
        mail.From.Add(new MailboxAddress("BuatFilm", "toko@buatfilm.test"));
        mail.To.Add(new MailboxAddress("Siti", "siti@example.test"));
        mail.Headers.Add("X-BuatFilm-Order", orderId);
        return mail;
    }
}
