using System.Text.Json;
using BuatFilm.Core;
using BuatFilm.Core.Payments;
using BuatFilm.Core.Webhooks;
using BuatFilm.Tests.Webhooks;

namespace BuatFilm.Tests.Payments;

/// <summary>Signatures, event keys and transitions against the payload set, which was made without this code.</summary>
public sealed class PaymentFactsTests
{
    private const string Key = "SB-Mid-server-TESTKEY";

    public static TheoryData<string> SignedFiles => [.. Payload.Files("notifications").Where(file => !file.Contains("recurring_subscription", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(SignedFiles))]
    public void Signature_OfAGenuineBody_IsValidUnderItsKeyOnly(string file)
    {
        var news = Read(file);

        Assert.True(MidtransSignature.IsValid(news.OrderId, news.StatusCode, news.GrossAmount, news.SignatureKey, Key));
        Assert.True(MidtransSignature.IsValid(news.OrderId, news.StatusCode, news.GrossAmount, news.SignatureKey, "SB-Mid-server-new", Key));
        Assert.False(MidtransSignature.IsValid(news.OrderId, news.StatusCode, news.GrossAmount, news.SignatureKey, "SB-Mid-server-new", null, ""));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("zz")]
    [InlineData("zzdf2c84f4")]
    public void Signature_ThatIsNone_IsRefused(string? signature) =>
        Assert.False(MidtransSignature.IsValid("A", "200", "1.00", signature, Key));

    [Fact]
    public void Signature_OfRightLengthButNotHexadecimal_IsRefused() =>
        Assert.False(MidtransSignature.IsValid("A", "200", "1.00", new string('g', 128), Key));

    [Fact]
    public void EventKey_OfEveryNotification_IsTheExpectedOne()
    {
        var index = JsonDocument.Parse(Payload.Bytes("index.json")).RootElement.GetProperty("notifications");
        var compared = 0;

        foreach (var entry in index.EnumerateArray())
        {
            var file = entry.GetProperty("file").GetString()!;
            if (!entry.TryGetProperty("event_key", out var expected) || expected.ValueKind != JsonValueKind.String || file.Contains("recurring_subscription", StringComparison.Ordinal))
            {
                continue;
            }

            var news = Read(file);
            Assert.True(expected.GetString() == Convert.ToHexStringLower(EventKey.Of(news)), $"{file}: {EventKey.SourceOf(news)}");
            compared++;
        }

        Assert.InRange(compared, 58, 62);
    }

    [Fact]
    public void EventKey_OfAnAnswerOfGetStatus_IsTheNotifications()
    {
        var notified = Read("notifications/bank_transfer_bca__expire.json");
        var answered = notified with { StatusCode = "407" };

        Assert.Equal(EventKey.Of(notified), EventKey.Of(answered));
        Assert.NotEqual(EventKey.Of(notified), EventKey.OfRival(notified));
    }

    [Fact]
    public void Transitions_AreTheTable()
    {
        var lines = Payload.Text("transitions.csv").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var columns = lines[0].Split(',')[1..];
        var compared = 0;

        foreach (var line in lines[1..])
        {
            var cells = line.Split(',');
            for (var column = 0; column < columns.Length; column++)
            {
                var expected = cells[column + 1] switch
                {
                    "A" => Transition.Apply,
                    "D" => Transition.Duplicate,
                    "E" => Transition.Extend,
                    "S" => Transition.Stale,
                    "R" => Transition.Reverse,
                    _ => Transition.Verify,
                };
                Assert.Equal(expected, PaymentTransitions.Of(WireName<PaymentState>.Parse(cells[0]), WireName<PaymentState>.Parse(columns[column])));
                compared++;
            }
        }

        Assert.Equal(14 * 13, compared);
    }

    [Theory]
    [MemberData(nameof(SignedFiles))]
    public void State_OfEveryNotification_IsTheExpectedOne(string file)
    {
        var index = JsonDocument.Parse(Payload.Bytes("index.json")).RootElement.GetProperty("notifications");
        var entry = index.EnumerateArray().Single(candidate => candidate.GetProperty("file").GetString() == file);

        Assert.Equal(entry.GetProperty("attempt_state").GetString(), WireName<PaymentState>.Of(Read(file).State!.Value));
        Assert.True(Read(file).StatusCodeFits, file);
    }

    [Theory]
    [InlineData("""{"order_id":"A","transaction_id":"T","transaction_status":"PENDING","status_code":201,"gross_amount":2700}""", true)]
    [InlineData("""{"order_id":"","transaction_id":"T","transaction_status":"pending","status_code":"201","gross_amount":"1.00"}""", false)]
    [InlineData("""{"order_id":null,"transaction_id":"T","transaction_status":"pending","status_code":"201","gross_amount":"1.00"}""", false)]
    [InlineData("""{"order_id":{},"transaction_id":"T","transaction_status":"pending","status_code":"201","gross_amount":"1.00"}""", false)]
    [InlineData("[]", false)]
    [InlineData("7", false)]
    public void TryRead_TakesWhatHasTheMembers(string body, bool expected)
    {
        using var document = JsonDocument.Parse(body);

        Assert.Equal(expected, MidtransNotification.TryRead(document.RootElement, out var news));
        if (expected)
        {
            Assert.Equal(("pending", "201", "2700"), (news.TransactionStatus, news.StatusCode, news.GrossAmount));
        }
    }

    [Fact]
    public void WibTime_IsSevenHoursAheadOfUtc()
    {
        Assert.Equal(new DateTimeOffset(2026, 3, 15, 16, 58, 41, TimeSpan.Zero), WibTime.TryParse("2026-03-15 23:58:41"));
        Assert.Null(WibTime.TryParse("15/03/2026"));
        Assert.Null(WibTime.TryParse(null));
    }

    internal static MidtransNotification Read(string file)
    {
        using var document = JsonDocument.Parse(Payload.Bytes(file));
        Assert.True(MidtransNotification.TryRead(document.RootElement, out var news), file);
        return news;
    }
}
