using BuatFilm.Admin.Sandbox.Deliveries;
using BuatFilm.Admin.Sandbox.Faults;
using BuatFilm.Admin.Sandbox.Http;
using BuatFilm.Admin.Sandbox.Storage;

namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>Stands in for Midtrans: Snap, Core, the payment page and the notifications.</summary>
internal sealed class MidtransStandIn : IStandIn
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly FaultSwitch _faults = new();
    private readonly MidtransCounters _counters = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Action<string> _report;
    private readonly TimeProvider _time;
    private readonly Courier _courier;
    private readonly PaymentBook _book;
    private readonly LoopbackWebServer _server;
    private readonly Task _clock;

    public MidtransStandIn(SandboxSettings settings, DataDirectory data, Action<string> report, TimeProvider time)
    {
        _report = report;
        _time = time;
        _courier = new Courier(data.PathOf("midtrans-notifications.jsonl"), "Veritrans", report, time);

        var bodies = new PaymentBody(settings.ServerKey, settings.MerchantId);
        _book = new PaymentBook(data.PathOf("midtrans.jsonl"), bodies, _courier, time, settings.BankConfirmationDelay);

        var access = new MidtransAccess(settings.ServerKey);
        var snap = new SnapEndpoints(_book, access, _counters, time);
        var core = new CoreEndpoints(_book, bodies, access, _counters);
        var page = new PaymentPage(_book, time);

        _server = new LoopbackWebServer(
            routes =>
            {
                snap.Map(routes);
                core.Map(routes);
                page.Map(routes);
            },
            new SpoiltAnswers(
                context => Spoil(MidtransAnswers.Failing(context.Request.Path), context),
                context => Spoil(MidtransAnswers.Refusing(context.Request.Path), context)),
            _faults,
            time);

        _clock = Task.Run(AdvanceAsync);
    }

    public PaymentBook Book => _book;

    public FaultSwitch Faults => _faults;

    public bool IsListening => _server.IsListening;

    public Task ListenAsync(int port, CancellationToken cancellationToken) => _server.ListenAsync(port, cancellationToken);

    public Task CloseAsync() => _server.CloseAsync();

    public void SetApp(Uri address) => _courier.SetApp(address);

    /// <summary>What reached the stand-in since it was started; creates by order also from earlier runs.</summary>
    public object Statistics()
    {
        var (posted, delivered, givenUp) = _courier.Counts;

        return new
        {
            SnapCreateCalls = _counters["snapCreateCalls"],
            SnapCreates = _counters["snapCreates"],
            SnapRefused = _counters["snapRefused"],
            SnapCreatesByOrder = _book.TokensByOrder,
            SnapCancelCalls = _counters["snapCancelCalls"],
            StatusCalls = _counters["statusCalls"],
            CancelCalls = _counters["cancelCalls"],
            ExpireCalls = _counters["expireCalls"],
            RefundCalls = _counters["refundCalls"],
            ApproveCalls = _counters["approveCalls"],
            DenyCalls = _counters["denyCalls"],
            CaptureCalls = _counters["captureCalls"],
            Unauthorized = _counters["unauthorized"],
            Spoilt = _counters["spoilt"],
            NotificationsPosted = posted,
            NotificationsDelivered = delivered,
            NotificationsGivenUp = givenUp,
            NotificationsWaiting = _courier.Waiting,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _server.DisposeAsync();
        _faults.Dispose();
        await _clock;
        await _courier.DisposeAsync();
        _book.Dispose();
        _stopping.Dispose();
    }

    private Task Spoil(Answer answer, HttpContext context)
    {
        _counters.Count("spoilt");
        return answer.WriteAsync(context);
    }

    private async Task AdvanceAsync()
    {
        using var timer = new PeriodicTimer(Tick, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                _book.Advance();
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
        catch (IOException exception)
        {
            _report($"Sandbox: payments no longer expire by themselves: {exception.Message}");
        }
    }
}
