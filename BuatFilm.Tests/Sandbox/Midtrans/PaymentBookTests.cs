using System.Text.Json.Nodes;
using BuatFilm.Admin.Sandbox.Deliveries;
using BuatFilm.Admin.Sandbox.Midtrans;
using Microsoft.Extensions.Time.Testing;

namespace BuatFilm.Tests.Sandbox.Midtrans;

public sealed class PaymentBookTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(7));

    private readonly string _folder = Directory.CreateTempSubdirectory("buatfilm-book-").FullName;
    private readonly FakeTimeProvider _time = new(Noon);
    private readonly Courier _courier;
    private readonly PaymentBook _book;

    public PaymentBookTests()
    {
        _courier = new Courier(Path.Combine(_folder, "posts.jsonl"), "Veritrans", _ => { }, _time);
        _book = new PaymentBook(
            Path.Combine(_folder, "book.jsonl"), new PaymentBody("key", "G1"), _courier, _time, TimeSpan.FromSeconds(3));
    }

    public async ValueTask DisposeAsync()
    {
        await _courier.DisposeAsync();
        _book.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("gopay", 15)]
    [InlineData("bank_transfer", 1440)]
    [InlineData("akulaku", 120)]
    public void Advance_PastAMethodsTime_ExpiresThePendingPayment(string method, int minutes)
    {
        Create("");
        Pay(method, PaymentState.Pending);

        _time.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(1));
        _book.Advance();
        Assert.Equal(PaymentState.Pending, _book.Find("A")!.State);

        _time.Advance(TimeSpan.FromSeconds(1));
        _book.Advance();
        Assert.Equal(PaymentState.Expire, _book.Find("A")!.State);
        Assert.Equal(2, _courier.Waiting);
    }

    [Fact]
    public void Expiry_FromAStart_EndsPaymentAndPageWhenItSays()
    {
        Create(""","expiry":{"start_time":"2026-03-01 12:00:00 +0700","unit":"minute","duration":30}""");

        _time.Advance(TimeSpan.FromMinutes(20));
        var payment = Pay("bank_transfer", PaymentState.Pending).Payment!;
        Assert.Equal(Noon.AddMinutes(30), payment.ExpiresAt);

        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(PayVerdict.SessionEnded, Pay("gopay", PaymentState.Settlement).Verdict);
    }

    [Fact]
    public void Expiry_WithoutAStart_CountsFromTheChoice()
    {
        Create(""","expiry":{"unit":"minutes","duration":30}""");
        _time.Advance(TimeSpan.FromMinutes(20));

        var payment = Pay("bank_transfer", PaymentState.Pending).Payment!;

        Assert.Equal(Noon.AddMinutes(50), payment.ExpiresAt);
    }

    [Fact]
    public void Advance_AfterTheBanksTime_ConfirmsARefundOnce()
    {
        Create("");
        Pay("gopay", PaymentState.Settlement);
        _book.Refund("A", "R-1", 100, reason: null, online: false);
        var posts = _courier.Waiting;

        _book.Advance();
        Assert.Equal(posts, _courier.Waiting);

        _time.Advance(TimeSpan.FromSeconds(3));
        _book.Advance();
        _book.Advance();
        Assert.Equal(posts + 1, _courier.Waiting);
        Assert.Equal(Noon.AddSeconds(3), _book.Find("A")!.Refunds[0].ConfirmedAt);
    }

    [Theory]
    [InlineData("bank_transfer", "permata", true)]
    [InlineData("cstore", "indomaret", true)]
    [InlineData("echannel", null, true)]
    [InlineData("bank_transfer", "bca", false)]
    public void Pay_WithDenyAfterSettlement_ReversesOnlyWhereProvidersDo(string type, string? provider, bool reverses)
    {
        Create("");
        var settled = Pay(type, PaymentState.Settlement, provider).Payment!;

        var denied = Pay(type, PaymentState.Deny, provider).Payment!;

        Assert.Equal(reverses, settled.TransactionId == denied.TransactionId);
        Assert.Null(denied.SettledAt);
    }

    [Fact]
    public void Pay_WithASecondSettlement_IsADoublePayment()
    {
        Create("");

        var first = Pay("gopay", PaymentState.Settlement).Payment!;
        var second = Pay("gopay", PaymentState.Settlement).Payment!;

        Assert.NotEqual(first.TransactionId, second.TransactionId);
    }

    [Fact]
    public void Pay_WithRefundWhenAllIsGivenBack_IsNotPossible()
    {
        Create("");
        Pay("gopay", PaymentState.Refund);

        var again = Pay("gopay", PaymentState.Refund);

        Assert.Equal(PaymentState.Refund, _book.Find("A")!.State);
        Assert.Equal(PayVerdict.StateForbids, again.Verdict);
    }

    [Fact]
    public void Pay_WithRefundOfAPart_LeavesTheSettledAmountAlone()
    {
        Create("");

        var payment = Pay("credit_card", PaymentState.PartialRefund, amount: 300).Payment!;

        Assert.Equal((1_000L, 300L, 700L), (payment.GrossAmount, payment.Refunded, payment.Remaining));
    }

    [Fact]
    public void Pay_WithAnAmount_PaysThatAmount()
    {
        Create("");

        Assert.Equal(900, Pay("gopay", PaymentState.Settlement, amount: 900).Payment!.GrossAmount);
    }

    private void Create(string more)
    {
        var body = JsonNode.Parse("""{"transaction_details":{"order_id":"A","gross_amount":1000}""" + more + "}")!.AsObject();
        var request = SnapRequest.Read(body, _time.GetUtcNow(), out var errors);
        Assert.Empty(errors);
        Assert.NotNull(_book.CreateSession(request!));
    }

    private PayResult Pay(string type, PaymentState outcome, string? provider = null, long? amount = null) =>
        _book.Pay(new PayOrder("A", PaymentMethod.Find(type, provider, provider)!, provider is null, outcome, amount));
}
