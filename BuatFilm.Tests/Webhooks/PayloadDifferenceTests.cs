using System.Text;
using BuatFilm.Core.Webhooks;

namespace BuatFilm.Tests.Webhooks;

public sealed class PayloadDifferenceTests
{
    [Fact]
    public void Of_TwoBodies_TellsWhatChangedCameAndWent()
    {
        var changes = PayloadDifference.Of(
            Body("""{"transaction_status":"pending","store":"indomaret","gross_amount":"450000.00"}"""),
            Body("""{"transaction_status":"settlement","settlement_time":"2026-03-15 20:00:00","gross_amount":"450000.00"}"""));

        Assert.Equal(
            [
                new PayloadChange("transaction_status", "pending", "settlement"),
                new PayloadChange("settlement_time", null, "2026-03-15 20:00:00"),
                new PayloadChange("store", "indomaret", null),
            ],
            changes);
    }

    [Fact]
    public void Of_WhatCustomersWrote_TellsThatItChangedButNotHow()
    {
        var changes = PayloadDifference.Of(
            Body("""{"customer_details":{"email":"budi@contoh.id"},"bank":{"name":"Budi"}}"""),
            Body("""{"customer_details":{"email":"siti@contoh.id"},"bank":{"name":"Siti"}}"""));

        Assert.Equal([new PayloadChange("customer_details", "***", "***"), new PayloadChange("bank", "***", "***")], changes);
    }

    [Fact]
    public void Of_SignaturesThatDiffer_TellsNothing() =>
        Assert.Empty(PayloadDifference.Of(Body("""{"signature_key":"a"}"""), Body("""{"signature_key":"b"}""")));

    [Theory]
    [InlineData("", "{}")]
    [InlineData("{}", "[]")]
    [InlineData("{", "{}")]
    public void Of_WhatIsNoObject_IsEmpty(string before, string after) => Assert.Empty(PayloadDifference.Of(Body(before), Body(after)));

    private static byte[] Body(string json) => Encoding.UTF8.GetBytes(json);
}
