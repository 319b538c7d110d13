using System.Text.Json.Nodes;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Webhooks;

/// <summary>The program with GET status in the tests' hands and short waits.</summary>
public sealed class WebhookHost : IAsyncLifetime
{
    private StatusServer? _status;

    public AppHost App { get; private set; } = null!;

    internal StatusServer Status => _status!;

    public async ValueTask InitializeAsync()
    {
        _status = await StatusServer.StartAsync();
        App = await AppHost.StartAsync(
            ("Midtrans:ApiBaseUrl", _status.Address),
            ("Midtrans:MerchantId", "G817204563"),
            ("Midtrans:PreviousServerKey", "SB-Mid-server-PREVIOUS"),
            ("Webhooks:ConfirmAfter", "00:00:00.100"),
            ("Webhooks:RetryCheckAfter", "00:00:00.200"),
            ("Webhooks:MaxCheckWait", "00:00:01"));
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await _status!.DisposeAsync();
    }

    public async Task PlaceAsync(string orderId, long amount)
    {
        using var response = await App.PlaceAsync(AppHost.Order(orderId, amount));
        Assert.Equal(201, (int)response.StatusCode);
    }

    /// <summary>A signed notification of a payment by bank transfer.</summary>
    public static JsonObject News(string orderId, string transactionId, string status, long amount = 450_000) => AppHost.Sign(new JsonObject
    {
        ["transaction_time"] = "2026-03-15 20:00:00",
        ["transaction_status"] = status,
        ["transaction_id"] = transactionId,
        ["status_message"] = "midtrans payment notification",
        ["status_code"] = status switch
        {
            "pending" => "201",
            "deny" or "cancel" or "expire" or "failure" => "202",
            _ => "200",
        },
        ["payment_type"] = "bank_transfer",
        ["va_numbers"] = new JsonArray(new JsonObject { ["va_number"] = "81720450001234567", ["bank"] = "bca" }),
        ["order_id"] = orderId,
        ["merchant_id"] = "G817204563",
        ["gross_amount"] = $"{amount}.00",
        ["fraud_status"] = "accept",
        ["currency"] = "IDR",
    });

    public Task<(int Status, string? Outcome)> SendAsync(JsonObject news) => App.NotifyAsync(news.ToBytes());

    /// <summary>Waits until no question to GET status is open for the order.</summary>
    public Task SettledAsync(string orderId) => AppHost.EventuallyAsync(
        async () => await App.ReadAsync<long>("select count(*) from payment_event_checks c join payment_events e on e.id = c.event_id where e.midtrans_order_id = $1", orderId) == 0,
        $"every event of {orderId} is verified");
}
