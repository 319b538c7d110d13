using System.Net;
using System.Net.Http.Headers;
using System.Text;
using static BuatFilm.Tests.Sandbox.SandboxUnderTest;

namespace BuatFilm.Tests.Sandbox.Midtrans;

public sealed class SnapTests
{
    private const string Taken = "transaction_details.order_id has already been taken";

    [Fact]
    public async Task Create_WithAValidOrder_GivesATokenAndItsPage()
    {
        await using var sandbox = await StartAsync();

        var reply = await sandbox.CreateTokenAsync("BF-1-A");

        Assert.Equal(201, reply.Status);
        Assert.Equal(36, reply.Text("token")!.Length);
        Assert.Equal($"{sandbox.Host.MidtransAddress}snap/v4/redirection/{reply.Text("token")}", reply.Text("redirect_url"));

        var page = await sandbox.Midtrans.GetStringAsync(new Uri(reply.Text("redirect_url")!), TestContext.Current.CancellationToken);
        Assert.Contains("pengganti Midtrans", page, StringComparison.Ordinal);
        Assert.Contains("BF-1-A", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SB-Mid-server-OTHERKEY:")]
    public async Task Create_WithoutTheRightKey_IsRefusedAsByMidtrans(string credentials)
    {
        await using var sandbox = await StartAsync();
        sandbox.Midtrans.DefaultRequestHeaders.Authorization = credentials.Length == 0
            ? null
            : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));

        var reply = await sandbox.CreateTokenAsync("BF-1-A");
        var status = await GetAsync(sandbox.Midtrans, "/v2/BF-1-A/status");

        Assert.Equal(401, reply.Status);
        Assert.Equal(
            "Access denied due to unauthorized transaction, please check client or server key",
            reply["error_messages"]![0]!.ToString());
        Assert.Equal(401, status.Status);
        Assert.Equal("401", status.Text("status_code"));
    }

    [Theory]
    [InlineData("{}", "transaction_details.gross_amount is required|transaction_details.gross_amount is not a number|transaction_details.order_id is required")]
    [InlineData("""{"transaction_details":{"order_id":"A","gross_amount":"x"}}""", "transaction_details.gross_amount is not a number")]
    [InlineData("""{"transaction_details":{"order_id":"A","gross_amount":0}}""", "transaction_details.gross_amount must be greater than or equal to 0.01")]
    [InlineData("""{"transaction_details":{"order_id":"A","gross_amount":10.5}}""", "transaction_details.gross_amount must be a whole number of rupiah")]
    [InlineData("""{"transaction_details":{"order_id":"A/B","gross_amount":1}}""", "transaction_details.order_id contains characters that are not allowed")]
    [InlineData(
        """{"transaction_details":{"order_id":"123456789-123456789-123456789-123456789-123456789-1","gross_amount":1}}""",
        "transaction_details.order_id is too long, the maximum is 50 characters")]
    [InlineData(
        """{"transaction_details":{"order_id":"A","gross_amount":30},"item_details":[{"id":"1","name":"x","price":10,"quantity":2}]}""",
        "transaction_details.gross_amount is not equal to the sum of item_details")]
    public async Task Create_WithAMistake_NamesIt(string body, string expected)
    {
        await using var sandbox = await StartAsync();

        var reply = await PostAsync(sandbox.Midtrans, "/snap/v1/transactions", body);

        Assert.Equal(400, reply.Status);
        Assert.Equal(expected.Split('|'), reply["error_messages"]!.AsArray().Select(message => message!.ToString()));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"transaction_details":{"order_id":"A","order_id":"B","gross_amount":1}}""")]
    public async Task Create_WithoutAnObject_IsRefused(string body)
    {
        await using var sandbox = await StartAsync();

        var reply = await PostAsync(sandbox.Midtrans, "/snap/v1/transactions", body);

        Assert.Equal(400, reply.Status);
        Assert.NotNull(reply["error_messages"]);
    }

    [Fact]
    public async Task Create_AgainBeforeAMethodIsChosen_ReplacesTheToken()
    {
        await using var sandbox = await StartAsync();
        var first = await sandbox.CreateTokenAsync("BF-1-A");

        var second = await sandbox.CreateTokenAsync("BF-1-A");

        Assert.Equal(201, second.Status);
        Assert.NotEqual(first.Text("token"), second.Text("token"));

        var former = await PostAsync(sandbox.Midtrans, $"/snap/v1/transactions/{first.Text("token")}/cancel", "{}");
        Assert.Equal(404, former.Status);
    }

    [Fact]
    public async Task Create_AfterAMethodIsChosen_IsTaken()
    {
        await using var sandbox = await StartAsync();
        await sandbox.CreateTokenAsync("BF-1-A");
        await sandbox.PayAsync("BF-1-A", "gopay", "pending");

        var reply = await sandbox.CreateTokenAsync("BF-1-A");

        Assert.Equal(400, reply.Status);
        Assert.Equal(Taken, reply["error_messages"]![0]!.ToString());
    }

    [Fact]
    public async Task Create_AfterExpiry_MayUseTheIdAgain()
    {
        await using var sandbox = await StartAsync();
        await sandbox.CreateTokenAsync("BF-1-A");
        await sandbox.PayAsync("BF-1-A", "gopay", "expire");

        var reply = await sandbox.CreateTokenAsync("BF-1-A");

        Assert.Equal(201, reply.Status);
    }

    [Fact]
    public async Task Cancel_OfATokenNobodyUsed_EndsTheSession()
    {
        await using var sandbox = await StartAsync();
        var token = (await sandbox.CreateTokenAsync("BF-1-A")).Text("token");

        var cancelled = await PostAsync(sandbox.Midtrans, $"/snap/v1/transactions/{token}/cancel", "{}");
        var again = await PostAsync(sandbox.Midtrans, $"/snap/v1/transactions/{token}/cancel", "{}");
        var paid = await sandbox.PayAsync("BF-1-A", "gopay", "settlement");

        Assert.Equal(200, cancelled.Status);
        Assert.EndsWith("Z", cancelled.Text("canceled_at"), StringComparison.Ordinal);
        Assert.Equal("token already canceled", again["error_messages"]![0]!.ToString());
        Assert.Equal(409, paid.Status);
        Assert.Equal("session_ended", paid.Text("code"));
    }

    [Fact]
    public async Task Cancel_OfAnOrderInProgress_IsRefused()
    {
        await using var sandbox = await StartAsync();
        var token = (await sandbox.CreateTokenAsync("BF-1-A")).Text("token");
        await sandbox.PayAsync("BF-1-A", "gopay", "pending");

        var reply = await PostAsync(sandbox.Midtrans, $"/snap/v1/transactions/{token}/cancel", "{}");

        Assert.Equal(400, reply.Status);
        Assert.Equal("Transaction is on progress", reply["error_messages"]![0]!.ToString());
    }

    [Fact]
    public async Task Page_WhenAButtonIsPressed_PaysAndNotifies()
    {
        await using var sandbox = await StartAsync();
        var page = (await sandbox.CreateTokenAsync("BF-1-A")).Text("redirect_url")!;

        using var choice = new FormUrlEncodedContent([new("choice", "2")]);
        using var response = await sandbox.Midtrans.PostAsync(new Uri(page), choice, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var posted = Assert.Single(await sandbox.App.WaitForAsync(1));
        Assert.Equal("gopay settlement", $"{posted.Text("payment_type")} {posted.Text("transaction_status")}");
    }
}
