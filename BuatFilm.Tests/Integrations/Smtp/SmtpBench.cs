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

        var breakers = new BreakersOptions();
        breaker?.Invoke(breakers.Smtp);
        time ??= TimeProvider.System;
        _pipelines = new ServicePipelines(Microsoft.Extensions.Options.Options.Create(breakers), time);
        Mailer = new SmtpMailer(Microsoft.Extensions.Options.Options.Create(Options), _pipelines, time, NullLogger<SmtpMailer>.Instance);
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

    public async ValueTask DisposeAsync()
    {
        await Mailer.DisposeAsync();
        await Server.DisposeAsync();
    }
}
