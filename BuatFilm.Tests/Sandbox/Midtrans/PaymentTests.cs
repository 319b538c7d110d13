using System.Security.Cryptography;
using System.Text;
using static BuatFilm.Tests.Sandbox.SandboxUnderTest;

namespace BuatFilm.Tests.Sandbox.Midtrans;

public sealed class PaymentTests
{
    public static TheoryData<string, string, string, string> Methods => new()
    {
        { "credit_card", "", "capture", "masked_card,bank,card_type,eci,approval_code,channel_response_code,channel_response_message,three_ds_version" },
        { "gopay", "", "settlement", "payment_option_type,settlement_time,expiry_time" },
        { "qris", "", "settlement", "acquirer,issuer,transaction_type,reference_id,merchant_cross_reference_id,settlement_time" },
        { "shopeepay", "", "settlement", "shopeepay_reference_number,reference_id,settlement_time" },
        { "bank_transfer", ""","bank":"bca" """, "pending", "va_numbers,payment_amounts,expiry_time" },
        { "bank_transfer", ""","bank":"bni" """, "settlement", "va_numbers,payment_amounts,settlement_time" },
        { "bank_transfer", ""","bank":"permata" """, "pending", "permata_va_number,expiry_time" },
        { "echannel", "", "pending", "bill_key,biller_code,expiry_time" },
        { "cstore", ""","store":"alfamart" """, "pending", "store,payment_code,expiry_time,fraud_status" },
        { "cstore", ""","store":"indomaret" """, "settlement", "store,payment_code,approval_code" },
        { "akulaku", "", "settlement", "settlement_time" },
        { "kredivo", "", "settlement", "settlement_time" },
        { "dana", "", "settlement", "settlement_time" },
        { "ovo", "", "settlement", "settlement_time" },
    };

    public static TheoryData<string, string, string, string> Outcomes => new()
    {
        { "pending", "pending", "201", "201" },
        { "authorize", "authorize", "200", "200" },
        { "challenge", "capture", "201", "201" },
        { "capture", "capture", "200", "200" },
        { "settlement", "settlement", "200", "200" },
        { "deny", "deny", "202", "202" },
        { "cancel", "cancel", "202", "200" },
        { "expire", "expire", "202", "407" },
        { "failure", "failure", "202", "202" },
    };

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Notification_OfAMethod_HasItsFieldsAndAValidSignature(string method, string more, string outcome, string fields)
    {
        await using var sandbox = await StartAsync();
        await sandbox.CreateTokenAsync("BF-1-A");

        var paid = await sandbox.PayAsync("BF-1-A", method, outcome, more);
        var posted = Assert.Single(await sandbox.App.WaitForAsync(1));

        Assert.Equal(202, paid.Status);
        Assert.Equal("/api/v1/midtrans/notifications", posted.Path);
        Assert.Equal("Veritrans", posted.UserAgent);
        Assert.Equal(method, posted.Text("payment_type"));
        Assert.Equal("450000.00", posted.Text("gross_amount"));
        Assert.Equal(MerchantId, posted.Text("merchant_id"));
        Assert.Equal(paid.Text("transactionId"), posted.Text("transaction_id"));
        Assert.Equal(SignatureOf(posted), posted.Text("signature_key"));
        Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$", posted.Text("transaction_time"));
        Assert.All(fields.Split(','), field => Assert.True(posted.Json.ContainsKey(field), field));

        var keys = posted.Json.Select(member => member.Key).ToList();
        Assert.Equal(keys.OrderDescending(StringComparer.Ordinal), keys);
    }

    [Theory]
    [MemberData(nameof(Outcomes))]
    public async Task Status_AfterAnOutcome_AgreesWithTheNotification(string outcome, string status, string notified, string told)
    {
        await using var sandbox = await StartAsync();
        await sandbox.CreateTokenAsync("BF-1-A");
        await sandbox.PayAsync("BF-1-A", "credit_card", outcome);

        var posted = Assert.Single(await sandbox.App.WaitForAsync(1));
        var byOrder = await GetAsync(sandbox.Midtrans, "/v2/BF-1-A/status");
        var byTransaction = await GetAsync(sandbox.Midtrans, $"/v2/{posted.Text("transaction_id")}/status");

        Assert.Equal(status, posted.Text("transaction_status"));
        Assert.Equal(notified, posted.Text("status_code"));
        Assert.Equal(200, byOrder.Status);
        Assert.Equal(status, byOrder.Text("transaction_status"));
        Assert.Equal(told, byOrder.Text("status_code"));
        Assert.Equal(outcome == "challenge" ? "challenge" : "accept", byOrder.Text("fraud_status"));
        Assert.Equal(byOrder.Json!.ToJsonString(), byTransaction.Json!.ToJsonString());
    }

    [Fact]
    public async Task Status_BeforeAMethodIsChosen_Is404()
    {
        await using var sandbox = await StartAsync();
        await sandbox.CreateTokenAsync("BF-1-A");

        var reply = await GetAsync(sandbox.Midtrans, "/v2/BF-1-A/status");

        Assert.Equal(404, reply.Status);
        Assert.Equal("404", reply.Text("status_code"));
        Assert.Equal("Transaction doesn't exist.", reply.Text("status_message"));
        Assert.NotNull(reply["id"]);
    }

    [Fact]
    public async Task Pay_FromPendingToSettlement_IsOneTransaction()
    {
        await using var sandbox = await StartAsync();
        await sandbox.CreateTokenAsync("BF-1-A");

        var pending = await sandbox.PayAsync("BF-1-A", "bank_transfer", "pending", ""","bank":"bri" """);
        var settled = await sandbox.PayAsync("BF-1-A", "bank_transfer", "settlement");
        var posted = await sandbox.App.WaitForAsync(2);

        Assert.Equal(pending.Text("transactionId"), settled.Text("transactionId"));
        Assert.Equal(["pending", "settlement"], posted.Select(one => one.Text("transaction_status")));
        Assert.Equal(posted[0].Json["va_numbers"]!.ToJsonString(), posted[1].Json["va_numbers"]!.ToJsonString());
    }

    [Fact]
    public async Task Pay_ByAnotherMethodOrAfterADenial_IsAnotherTransaction()
    {
        await using var sandbox = await StartAsync();
        await sandbox.CreateTokenAsync("BF-1-A");

        var first = await sandbox.PayAsync("BF-1-A", "credit_card", "deny");
        var second = await sandbox.PayAsync("BF-1-A", "credit_card", "deny");
        var third = await sandbox.PayAsync("BF-1-A", "gopay", "settlement");

        Assert.Equal(3, new[] { first, second, third }.Select(reply => reply.Text("transactionId")).Distinct().Count());
    }

    [Fact]
    public async Task Pay_ForASecondSession_TakesTheLatestOrderId()
    {
        await using var sandbox = await StartAsync();
        await sandbox.CreateTokenAsync("BF-1");
        await sandbox.CreateTokenAsync("BF-1~2A");
        await sandbox.CreateTokenAsync("BF-12");

        var paid = await sandbox.PayAsync("BF-1", "gopay", "settlement");

        Assert.Equal("BF-1~2A", paid.Text("midtransOrderId"));
    }

    [Fact]
    public async Task Pay_WithRefund_GoesToThePaidTransactionAndIsConfirmedLater()
    {
        await using var sandbox = await StartAsync();
        await sandbox.CreateTokenAsync("BF-1-A");
        await sandbox.PayAsync("BF-1-A", "credit_card", "deny");
        var paid = await sandbox.PayAsync("BF-1-A", "credit_card", "capture");

        var refunded = await sandbox.PayAsync("BF-1-A", "credit_card", "refund");
        var posted = await sandbox.App.WaitForAsync(5);

        Assert.Equal(paid.Text("transactionId"), refunded.Text("transactionId"));
        Assert.Equal(
            ["deny", "capture", "settlement", "refund", "refund"],
            posted.OrderBy(one => one.Text("transaction_status") != "deny").Select(one => one.Text("transaction_status")));
        Assert.Equal(["", "bank_confirmed_at"], posted.TakeLast(2).Select(one => one.Json["refunds"]![0]!["bank_confirmed_at"] is null ? "" : "bank_confirmed_at"));
        Assert.All(posted, one => Assert.Equal(SignatureOf(one), one.Text("signature_key")));
    }

    [Theory]
    [InlineData("partial_refund", "partial_refund")]
    [InlineData("partial_chargeback", "partial_chargeback")]
    [InlineData("chargeback", "chargeback")]
    [InlineData("refund", "partial_refund")]
    public async Task Pay_WithMoneyBack_SaysHowMuch(string outcome, string status)
    {
        await using var sandbox = await StartAsync();
        await sandbox.CreateTokenAsync("BF-1-A");
        await sandbox.PayAsync("BF-1-A", "gopay", "settlement");

        await sandbox.PayAsync("BF-1-A", "gopay", outcome, outcome == "chargeback" ? "" : ""","amount":100000""");
        var reply = await GetAsync(sandbox.Midtrans, "/v2/BF-1-A/status");

        Assert.Equal(status, reply.Text("transaction_status"));
        Assert.Equal(outcome == "chargeback" ? "450000.00" : "100000.00", reply.Text("refund_amount"));
    }

    [Theory]
    [InlineData("""{"orderId":"BF-9","method":"gopay","outcome":"settlement"}""", 404, "unknown_order")]
    [InlineData("""{"orderId":"BF-1-A","method":"cheque","outcome":"settlement"}""", 400, "unknown_method")]
    [InlineData("""{"orderId":"BF-1-A","method":"bank_transfer","bank":"x","outcome":"settlement"}""", 400, "unknown_method")]
    [InlineData("""{"orderId":"BF-1-A","method":"gopay","outcome":"paid"}""", 400, "unknown_outcome")]
    [InlineData("""{"orderId":"BF-1-A","method":"gopay","outcome":"refund","amount":450001}""", 400, "amount_invalid")]
    [InlineData("""{"orderId":"BF-1-A","method":"gopay","outcome":"settlement","amount":-1}""", 400, "amount_invalid")]
    [InlineData("""{"method":"gopay","outcome":"settlement"}""", 400, "order_id_missing")]
    [InlineData("""[]""", 400, "not_json")]
    public async Task Pay_WithAMistake_IsAProblem(string body, int status, string code)
    {
        await using var sandbox = await StartAsync();
        await sandbox.CreateTokenAsync("BF-1-A");

        var reply = await PostAsync(sandbox.Api, "/sandbox/api/pay", body);

        Assert.Equal((status, code, "application/problem+json"), (reply.Status, reply.Text("code"), reply.ContentType));
        Assert.NotEmpty(reply.Text("title")!);
        Assert.Empty(sandbox.App.Posted);
    }

    [Theory]
    [InlineData("pending", "cancel", 200, "cancel")]
    [InlineData("pending", "expire", 200, "expire")]
    [InlineData("pending", "approve", 412, "pending")]
    [InlineData("challenge", "approve", 200, "capture")]
    [InlineData("challenge", "deny", 200, "deny")]
    [InlineData("challenge", "cancel", 200, "cancel")]
    [InlineData("capture", "cancel", 200, "cancel")]
    [InlineData("capture", "refund", 412, "capture")]
    [InlineData("settlement", "cancel", 412, "settlement")]
    [InlineData("settlement", "expire", 412, "settlement")]
    [InlineData("settlement", "refund", 200, "refund")]
    [InlineData("settlement", "refund/online/direct", 200, "refund")]
    [InlineData("deny", "cancel", 412, "deny")]
    public async Task Call_InAState_DoesWhatMidtransDoes(string outcome, string call, int status, string becomes)
    {
        await using var sandbox = await StartAsync();
        await sandbox.CreateTokenAsync("BF-1-A");
        await sandbox.PayAsync("BF-1-A", "credit_card", outcome);

        var reply = await PostAsync(sandbox.Midtrans, $"/v2/BF-1-A/{call}", "{}");
        var after = await GetAsync(sandbox.Midtrans, "/v2/BF-1-A/status");

        Assert.Equal(status, reply.Status);
        Assert.Equal(becomes, after.Text("transaction_status"));
        Assert.Equal(status == 412 ? "412" : becomes == "expire" ? "407" : "200", reply.Text("status_code"));
        if (status == 200)
        {
            Assert.Equal(becomes, (await sandbox.App.WaitForAsync(2))[1].Text("transaction_status"));
        }
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("expire")]
    [InlineData("approve")]
    [InlineData("deny")]
    [InlineData("refund")]
    public async Task Call_ForAnUnknownOrder_Is404(string call)
    {
        await using var sandbox = await StartAsync();

        var reply = await PostAsync(sandbox.Midtrans, $"/v2/BF-9/{call}", "{}");

        Assert.Equal((404, "404"), (reply.Status, reply.Text("status_code")));
    }

    [Fact]
    public async Task Refund_WithTheSameKey_ReplaysOrConflicts()
    {
        await using var sandbox = await StartAsync();
        await sandbox.CreateTokenAsync("BF-1-A");
        await sandbox.PayAsync("BF-1-A", "gopay", "settlement");

        var first = await RefundAsync("""{"refund_key":"R-1","amount":100000,"reason":"Batal"}""");
        var same = await RefundAsync("""{"refund_key":"R-1","amount":100000}""");
        var other = await RefundAsync("""{"refund_key":"R-1","amount":200000}""");
        var tooMuch = await RefundAsync("""{"refund_key":"R-2","amount":350001}""");
        var rest = await RefundAsync("""{"refund_key":"R-3","amount":350000}""");
        var after = await GetAsync(sandbox.Midtrans, "/v2/BF-1-A/status");

        Assert.Equal([200, 200, 406, 414, 200], new[] { first, same, other, tooMuch, rest }.Select(reply => reply.Status));
        Assert.Equal(first.Text("refund_chargeback_id"), same.Text("refund_chargeback_id"));
        Assert.Equal(["406", "414"], [other.Text("status_code"), tooMuch.Text("status_code")]);
        Assert.Equal(["R-1", "R-3"], after["refunds"]!.AsArray().Select(refund => refund!["refund_key"]!.ToString()));
        Assert.Equal(("refund", "450000.00"), (after.Text("transaction_status"), after.Text("refund_amount")));

        Task<Reply> RefundAsync(string body) => PostAsync(sandbox.Midtrans, "/v2/BF-1-A/refund", body);
    }

    [Theory]
    [InlineData("bank_transfer", "{}", 412)]
    [InlineData("ovo", """{"amount":1000}""", 414)]
    [InlineData("ovo", "{}", 200)]
    public async Task Refund_ByAMethodThatCannot_IsRefused(string method, string body, int status)
    {
        await using var sandbox = await StartAsync();
        await sandbox.CreateTokenAsync("BF-1-A");
        await sandbox.PayAsync("BF-1-A", method, "settlement");

        var reply = await PostAsync(sandbox.Midtrans, "/v2/BF-1-A/refund", body);

        Assert.Equal(status, reply.Status);
    }

    [Theory]
    [InlineData(300_000, 200, "300000.00")]
    [InlineData(450_001, 414, "450000.00")]
    public async Task Capture_OfAnAuthorization_TakesAtMostThat(long amount, int status, string grossAmount)
    {
        await using var sandbox = await StartAsync();
        await sandbox.CreateTokenAsync("BF-1-A");
        var held = await sandbox.PayAsync("BF-1-A", "credit_card", "authorize");

        var reply = await PostAsync(
            sandbox.Midtrans, "/v2/capture", $$"""{"transaction_id":"{{held.Text("transactionId")}}","gross_amount":{{amount}} }""");
        var after = await GetAsync(sandbox.Midtrans, "/v2/BF-1-A/status");

        Assert.Equal(status, reply.Status);
        Assert.Equal(grossAmount, after.Text("gross_amount"));
    }

    [Fact]
    public async Task Status_WithABodyAndAsPages_Answers()
    {
        await using var sandbox = await StartAsync();
        await sandbox.CreateTokenAsync("BF-1-A");
        await sandbox.PayAsync("BF-1-A", "gopay", "settlement");

        using var request = new HttpRequestMessage(HttpMethod.Get, "/v2/BF-1-A/status");
        request.Content = new StringContent("{}");
        using var response = await sandbox.Midtrans.SendAsync(request, TestContext.Current.CancellationToken);
        var pages = await GetAsync(sandbox.Midtrans, "/v2/BF-1-A/status/b2b");

        Assert.Equal("settlement", (await Reply.ReadAsync(response)).Text("transaction_status"));
        Assert.Equal("settlement", pages["transactions"]![0]!["transaction_status"]!.ToString());
    }

    [Fact]
    public async Task CustomFields_OfTheToken_ComeBackInNotifications()
    {
        await using var sandbox = await StartAsync();
        await PostAsync(
            sandbox.Midtrans,
            "/snap/v1/transactions",
            """{"transaction_details":{"order_id":"BF-1","gross_amount":1000},"custom_field1":"gudang","metadata":{"a":{"b":1}}}""");

        await sandbox.PayAsync("BF-1", "gopay", "settlement");
        var posted = Assert.Single(await sandbox.App.WaitForAsync(1));

        Assert.Equal("gudang", posted.Text("custom_field1"));
        Assert.Equal("1", posted.Json["metadata"]!["a"]!["b"]!.ToString());
    }

    // The formula by hand; the stand-in's own code has no part in it.
    private static string SignatureOf(PostedBody posted)
    {
        var signed = $"{posted.Text("order_id")}{posted.Text("status_code")}{posted.Text("gross_amount")}{ServerKey}";
        return Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(signed)));
    }
}
