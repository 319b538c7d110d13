using System.Globalization;
using BuatFilm.Admin.Sandbox.Faults;
using BuatFilm.Admin.Sandbox.Messages;
using BuatFilm.Admin.Sandbox.Midtrans;
using BuatFilm.Admin.Sandbox.Smtp;
using BuatFilm.Admin.Sandbox.Storage;
using BuatFilm.Admin.Sandbox.Storefront;
using BuatFilm.Admin.Sandbox.WhatsApp;

namespace BuatFilm.Admin.Sandbox;

/// <summary>The stand-ins of one process: started before the app, told the app's address once it listens, stopped after it.</summary>
internal sealed class SandboxHost : IAsyncDisposable
{
    private const string Loopback = "127.0.0.1";

    private readonly DataDirectory _data;
    private readonly MessageLog _messages;
    private readonly MidtransStandIn? _midtrans;
    private readonly SmtpStandIn? _smtp;
    private readonly WhatsAppStandIn? _whatsApp;
    private readonly Dictionary<string, IStandIn> _standIns = [];
    private readonly Dictionary<string, int> _ports = [];
    private readonly SemaphoreSlim _switching = new(1);
    private bool _disposed;

    private SandboxHost(SandboxSettings settings, Action<string> report, TimeProvider time)
    {
        _data = DataDirectory.Open(settings.DataDirectory);
        Shop = new Shop(settings.StorefrontKey);
        _messages = new MessageLog(_data.PathOf("messages.jsonl"));

        if (settings.RunMidtrans)
        {
            _standIns[MidtransName] = _midtrans = new MidtransStandIn(settings, _data, report, time);
        }

        if (settings.RunSmtp)
        {
            _standIns[SmtpName] = _smtp = new SmtpStandIn(settings, _messages, report, time);
        }

        if (settings.RunWhatsApp)
        {
            Func<string, bool> isKnownOrder = _midtrans is { } midtrans ? midtrans.Book.HasOrder : _ => false;
            _standIns[WhatsAppName] = _whatsApp = new WhatsAppStandIn(settings, _data, _messages, isKnownOrder, report, time);
        }
    }

    public const string MidtransName = "midtrans";
    public const string SmtpName = "smtp";
    public const string WhatsAppName = "whatsapp";

    /// <summary>The base address of Snap and of Core.</summary>
    /// <exception cref="InvalidOperationException">That stand-in is off.</exception>
    public Uri MidtransAddress => AddressOf(MidtransName);

    public string SmtpHost { get; } = Loopback;

    /// <exception cref="InvalidOperationException">That stand-in is off.</exception>
    public int SmtpPort => PortOf(SmtpName) ?? throw IsOff(SmtpName);

    /// <exception cref="InvalidOperationException">That stand-in is off.</exception>
    public Uri WhatsAppAddress => AddressOf(WhatsAppName);

    /// <summary>The shop of <c>/sandbox</c>.</summary>
    internal Shop Shop { get; }

    internal IReadOnlyList<ReceivedMessage> Messages => _messages.Snapshot();

    /// <summary>The book of payments; null when Midtrans has no stand-in.</summary>
    internal PaymentBook? Payments => _midtrans?.Book;

    internal IReadOnlyDictionary<string, IStandIn> StandIns => _standIns;

    /// <summary>Starts the stand-ins; they listen when this returns.</summary>
    /// <param name="report">Given a sentence when something goes wrong that nobody waits for.</param>
    /// <exception cref="InvalidOperationException">The folder is in use, or a configured port is taken.</exception>
    public static async Task<SandboxHost> StartAsync(
        SandboxSettings settings,
        Action<string> report,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(time);

        var host = new SandboxHost(settings, report, time);
        try
        {
            await host.ListenAsync(MidtransName, "Midtrans", settings.MidtransPort, cancellationToken);
            await host.ListenAsync(SmtpName, "Smtp", settings.SmtpPort, cancellationToken);
            await host.ListenAsync(WhatsAppName, "WhatsApp", settings.WhatsAppPort, cancellationToken);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        return host;
    }

    /// <summary>Says where the app listens; notifications are posted there from now on. May be said again.</summary>
    /// <param name="address">A wildcard host is taken for the loopback address.</param>
    public void SetAppAddress(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);

        var reachable = address.Host is "0.0.0.0" or "[::]" or "*" or "+"
            ? new UriBuilder(address) { Host = Loopback }.Uri
            : address;

        _midtrans?.SetApp(reachable);
        _whatsApp?.SetApp(reachable);
        Shop.SetApp(reachable);
    }

    /// <summary>Sets a stand-in's fault; in force, for open connections too, when this returns.</summary>
    /// <exception cref="KeyNotFoundException">That stand-in is off.</exception>
    internal async Task SetFaultAsync(string name, Fault fault, CancellationToken cancellationToken)
    {
        var standIn = _standIns[name];

        await _switching.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            standIn.Faults.Set(fault);

            if (fault.ClosesPort)
            {
                await standIn.CloseAsync();
            }
            else if (!standIn.IsListening)
            {
                await standIn.ListenAsync(_ports[name], cancellationToken);
            }
        }
        finally
        {
            _switching.Release();
        }
    }

    /// <summary>The stand-in's port, also while it is down; null when it is off.</summary>
    internal int? PortOf(string name) => _ports.TryGetValue(name, out var port) ? port : null;

    public async ValueTask DisposeAsync()
    {
        await _switching.WaitAsync();
        if (_disposed)
        {
            _switching.Release();
            return;
        }

        _disposed = true;
        foreach (var standIn in _standIns.Values)
        {
            await standIn.DisposeAsync();
        }

        Shop.Dispose();
        _messages.Dispose();
        _data.Dispose();
        _switching.Release();
    }

    private async Task ListenAsync(string name, string settingsName, int configured, CancellationToken cancellationToken)
    {
        if (_standIns.TryGetValue(name, out var standIn))
        {
            _ports[name] = await LoopbackPort.ClaimAsync(settingsName, configured, _data, port => standIn.ListenAsync(port, cancellationToken));
        }
    }

    private Uri AddressOf(string name) => PortOf(name) is { } port
        ? new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{Loopback}:{port}/"))
        : throw IsOff(name);

    private static InvalidOperationException IsOff(string name) => new($"The sandbox runs no stand-in for {name}.");
}
