using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BuatFilm.Admin.Integrations.Smtp;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using MimeKit;

namespace BuatFilm.Tests.Integrations.Smtp;

/// <summary>The mailer against a mail server that others wrote: Python's aiosmtpd.</summary>
public sealed class AiosmtpdTests : IAsyncLifetime
{
    private const string Script = """
        import os, sys, time
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import AuthResult

        folder, port = sys.argv[1], int(sys.argv[2])

        class Handler:
            count = 0
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith('unknown'):
                    return '550 5.1.1 no such user'
                envelope.rcpt_tos.append(address)
                return '250 2.1.5 ok'
            async def handle_DATA(self, server, session, envelope):
                Handler.count += 1
                path = os.path.join(folder, f'{Handler.count:04}.eml')
                with open(path + '.new', 'wb') as file:
                    file.write(envelope.original_content)
                os.rename(path + '.new', path)
                return '250 2.0.0 Ok: queued as AIO%d' % Handler.count

        def login(server, session, envelope, mechanism, data):
            # Not handled=True: aiosmtpd would leave the answer to us and the client waiting.
            return AuthResult(success=data.login == b'toko' and data.password == b'rahasia', handled=False)

        Controller(Handler(), hostname='127.0.0.1', port=port, authenticator=login, auth_required=True, auth_require_tls=False).start()
        print('ready', flush=True)
        sys.stdin.read()
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("buatfilm-smtp-").FullName;
    private Process? _server;
    private SmtpBench? _bench;
    private string? _missing;
    private int _port;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var python = await FindPythonAsync();
        if (python is null)
        {
            _missing = "No python3 with aiosmtpd was found; on Debian: apt-get install python3-aiosmtpd.";
            return;
        }

        var script = Path.Combine(_folder, "server.py");
        await File.WriteAllTextAsync(script, Script, Stop);
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            _port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        _server = Start(python, script, _folder, $"{_port}");
        Assert.Equal("ready", await _server.StandardOutput.ReadLineAsync(Stop));
        _bench = Bench();
    }

    public async ValueTask DisposeAsync()
    {
        if (_bench is not null)
        {
            await _bench.DisposeAsync();
        }

        if (_server is not null)
        {
            _server.Kill(entireProcessTree: true);
            await _server.WaitForExitAsync(CancellationToken.None);
            _server.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Send_ThreeMails_ArriveWhole()
    {
        RequireServer();
        var mails = Enumerable.Range(0, 3).Select(_ => SmtpBench.Mail()).ToArray();

        foreach (var mail in mails)
        {
            var outcome = await _bench!.Mailer.SendAsync(mail, Stop);
            Assert.Equal(DeliveryResult.Delivered, outcome.Result);
            Assert.StartsWith("AIO", outcome.ProviderId, StringComparison.Ordinal);
        }

        var received = Directory.GetFiles(_folder, "*.eml").Order(StringComparer.Ordinal).Select(path => MimeMessage.Load(path)).ToArray();
        Assert.Equal(mails.Select(mail => $"{mail.MessageId:N}@buatfilm.example"), received.Select(message => message.MessageId));
        Assert.All(received, message => Assert.Equal("Terima kasih, 感谢 🎬", message.TextBody?.TrimEnd()));
    }

    [Fact]
    public async Task Send_ToAnUnknownRecipient_IsRefusedAndTheNextOneGoesThrough()
    {
        RequireServer();

        var first = await _bench!.Mailer.SendAsync(SmtpBench.Mail("unknown@example.com"), Stop);
        var second = await _bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.Refused, ServiceVerdict.Answered, "550"), (first.Result, first.Verdict, first.Code));
        Assert.Equal(DeliveryResult.Delivered, second.Result);
    }

    [Fact]
    public async Task Send_WithAWrongPassword_IsAMistakeOfOurs()
    {
        RequireServer();
        await using var bench = Bench(options => options.Password = "salah");

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.NotTried, ServiceVerdict.Misconfigured, "auth"), (outcome.Result, outcome.Verdict, outcome.Code));
    }

    [Fact]
    public async Task Send_WithoutSigningIn_IsAMistakeOfOurs()
    {
        RequireServer();
        await using var bench = Bench(options => (options.Username, options.Password) = (null, null));

        var outcome = await bench.Mailer.SendAsync(SmtpBench.Mail(), Stop);

        Assert.Equal((DeliveryResult.NotTried, ServiceVerdict.Misconfigured, "530"), (outcome.Result, outcome.Verdict, outcome.Code));
    }

    private SmtpBench Bench(Action<SmtpOptions>? change = null) => new(options =>
    {
        options.Port = _port;
        change?.Invoke(options);
    });

    /// <summary>CI installs the server, so there its absence is a failure; elsewhere the test is skipped and says why.</summary>
    private void RequireServer()
    {
        if (_missing is not null && Environment.GetEnvironmentVariable("CI_RUN") == "1")
        {
            Assert.Fail(_missing);
        }

        Assert.SkipWhen(_missing is not null, _missing ?? "");
    }

    private static async Task<string?> FindPythonAsync()
    {
        // The distribution's own first: it is the one that its packages belong to.
        foreach (var candidate in (string[])["/usr/bin/python3", "python3"])
        {
            try
            {
                using var probe = Start(candidate, "-c", "import aiosmtpd.controller");
                await probe.WaitForExitAsync(Stop);
                if (probe.ExitCode == 0)
                {
                    return candidate;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // Not there.
            }
        }

        return null;
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
}
