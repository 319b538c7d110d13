using System.Text.Json;
using System.Text.Json.Nodes;
using BuatFilm.Core.Payments;
using BuatFilm.Tests.Support;
using BuatFilm.Tests.Webhooks;

namespace BuatFilm.Tests.Payments;

public sealed class NotificationChecksTests
{
    [Fact]
    public void Of_AGenuineNotification_PassesAll() =>
        Assert.All(Of(WebhookHost.News("A", "t", "settlement")), check => Assert.Equal(CheckResult.Passed, check.Result));

    [Fact]
    public void Of_AnUnknownOrder_ComparesNoAmount() =>
        Assert.Equal(CheckResult.NotSaid, ResultOf(NotificationCheck.Amount, WebhookHost.News("A", "t", "settlement"), orderAmount: null));

    [Fact]
    public void Of_ACaptureBelowWhatTheCardWasHeldFor_FitsTheOrder()
    {
        var news = WebhookHost.News("A", "t", "capture", 300_000);

        Assert.Equal(CheckResult.Failed, ResultOf(NotificationCheck.Amount, news));
        Assert.Equal(CheckResult.Passed, ResultOf(NotificationCheck.Amount, news, authorized: 450_000));
    }

    [Theory]
    [InlineData(NotificationCheck.Signature, "signature_key", "00")]
    [InlineData(NotificationCheck.Currency, "currency", "USD")]
    [InlineData(NotificationCheck.Merchant, "merchant_id", "G0")]
    [InlineData(NotificationCheck.StatusCode, "transaction_status", "pending")]
    public void Of_WhatDoesNotFit_FailsThatCheck(NotificationCheck check, string member, string value)
    {
        var news = WebhookHost.News("A", "t", "settlement");
        news[member] = value;

        Assert.Equal(CheckResult.Failed, ResultOf(check, news));
    }

    [Theory]
    [InlineData(NotificationCheck.Currency, "currency")]
    [InlineData(NotificationCheck.Merchant, "merchant_id")]
    public void Of_WhatIsNotSaid_ChecksNothing(NotificationCheck check, string member)
    {
        var news = WebhookHost.News("A", "t", "settlement");
        news.Remove(member);

        Assert.Equal(CheckResult.NotSaid, ResultOf(check, news));
    }

    [Fact]
    public void Of_AnAnswerOfGetStatus_NeedsNeitherSignatureNorCode()
    {
        var checks = Of(WebhookHost.News("A", "t", "expire"), isAnswer: true);

        Assert.Equal([NotificationCheck.Signature, NotificationCheck.StatusCode], checks.Where(check => check.Result == CheckResult.NotSaid).Select(check => check.Check));
    }

    private static CheckResult ResultOf(NotificationCheck check, JsonObject news, long? orderAmount = 450_000, long? authorized = null) =>
        Of(news, orderAmount: orderAmount, authorized: authorized).Single(found => found.Check == check).Result;

    private static IReadOnlyList<CheckedFact> Of(JsonObject body, bool isAnswer = false, long? orderAmount = 450_000, long? authorized = null)
    {
        using var document = JsonDocument.Parse(body.ToJsonString());
        Assert.True(MidtransNotification.TryRead(document.RootElement, out var news));
        return NotificationChecks.Of(news, isAnswer, orderAmount, authorized, "G817204563", "SB-Mid-server-OTHER", AppHost.ServerKey);
    }
}
