using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Integrations.Smtp;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace BuatFilm.Tests.Integrations.Smtp;

/// <summary>A mailer in front of a scripted server.</summary>
internal sealed class SmtpBench : IAsyncDisposable
{
    private readonly ServicePipelines _pipelines;

    public SmtpBench(Action<SmtpOptions>? change = null, TimeProvider? time = null, Action<BreakerOptions>? breaker = null)
    {
        Options = new SmtpOptions
        {
            Host = "127.0.0.1",
            Port = Server.Port,
            Security = SmtpSecurity.None,
            Username = "toko",
            Password = "rahasia",
            From = "BuatFilm <toko@buatfilm.example>",
        };
        change?.Invoke(Options);

        time ??= TimeProvider.System;
        (_pipelines, Mailer) = Build(Options, time, breaker);
    }

    public ScriptedSmtpServer Server { get; } = new();

    public SmtpOptions Options { get; }

    public SmtpMailer Mailer { get; }

    public BreakerState Breaker => _pipelines[ExternalService.Smtp].State;

    public static EmailMessage Mail(string recipient = "sari@example.com", Guid? messageId = null) =>
        new(recipient, "Pembayaran pesanan BF-1", "Terima kasih, 感谢 🎬", "<p>Terima kasih, 感谢 🎬</p>", messageId ?? Guid.CreateVersion7(), "BF-1", "id");

    public static Action<SmtpOptions> Timeouts(int connect = 5000, int command = 5000, int data = 5000) => options =>
    {
        options.ConnectTimeout = TimeSpan.FromMilliseconds(connect);
        options.CommandTimeout = TimeSpan.FromMilliseconds(command);
        options.DataTimeout = TimeSpan.FromMilliseconds(data);
    };

    /// <summary>Another mailer for the same account by way of another port, such as a proxy's. It is the caller's to dispose of.</summary>
    public SmtpMailer MailerTo(int port, Action<SmtpOptions> change, Action<BreakerOptions> breaker)
    {
        var options = new SmtpOptions { Host = Options.Host, Port = port, Security = Options.Security, Username = Options.Username, Password = Options.Password, From = Options.From };
        change(options);
        return Build(options, TimeProvider.System, breaker).Mailer;
    }

    public async ValueTask DisposeAsync()
    {
        await Mailer.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static (ServicePipelines Pipelines, SmtpMailer Mailer) Build(SmtpOptions options, TimeProvider time, Action<BreakerOptions>? breaker)
    {
        var breakers = new BreakersOptions();
        breaker?.Invoke(breakers.Smtp);
        var pipelines = new ServicePipelines(Microsoft.Extensions.Options.Options.Create(breakers), time);
        return (pipelines, new SmtpMailer(Microsoft.Extensions.Options.Options.Create(options), pipelines, time, NullLogger<SmtpMailer>.Instance));
    }
}
