using System.Text;
using System.Text.Json.Nodes;
using BuatFilm.Core;
using BuatFilm.Core.Webhooks;

namespace BuatFilm.Tests.Webhooks;

public sealed class MaskedPayloadTests
{
    [Fact]
    public void Of_EveryKnownPayload_ShowsThePaymentAndHidesTheCustomer()
    {
        foreach (var file in Payload.Files("notifications"))
        {
            var original = Payload.Read(file);
            var masked = JsonNode.Parse(MaskedPayload.Of(Payload.Bytes(file))!)!.AsObject();

            Assert.Equal(original.Select(member => member.Key), masked.Select(member => member.Key));
            Assert.Equal((string?)original["transaction_status"], (string?)masked["transaction_status"]);
            Assert.All(
                masked.Where(member => member.Key is "signature_key" or "masked_card" or "va_numbers" or "customer_details" or "approval_code" or "payment_code" or "bill_key" or "saved_token_id" or "custom_field1" or "metadata" or "refunds"),
                member => Assert.Equal("***", (string?)member.Value));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("{\"a\":")]
    public void Of_WhatIsNoObject_ShowsNothing(string body)
    {
        Assert.Null(MaskedPayload.Of(Encoding.UTF8.GetBytes(body)));
    }

    [Fact]
    public void Of_AMemberThatNobodyKnows_HidesIt()
    {
        var masked = JsonNode.Parse(MaskedPayload.Of("""{"order_id":"A-1","order_id_of_customer":"Budi","bank":{"account":"1"},"store":["x"],"half":"\ud800"}"""u8.ToArray())!)!;

        Assert.Equal("A-1", (string?)masked["order_id"]);
        Assert.All((string[])["order_id_of_customer", "bank", "store", "half"], name => Assert.Equal("***", (string?)masked[name]));
    }

    [Theory]
    [InlineData("budi.santoso@contoh.id", "b***@contoh.id")]
    [InlineData("b@contoh.id", "b***@contoh.id")]
    [InlineData("+6281234567890", "+6281***890")]
    [InlineData("12345", "***")]
    [InlineData("https://ops.example/hook", "https://ops.example/***")]
    public void Recipient_IsRecognisableAndNoMore(string recipient, string masked)
    {
        Assert.Equal(masked, Masked.Recipient(recipient));
    }

    [Theory]
    [InlineData("Budi Santoso", "B*** S***")]
    [InlineData("  Sari  ", "S***")]
    [InlineData("", "")]
    [InlineData("🎬 Film", "🎬*** F***")]
    public void Name_KeepsTheFirstLetters(string name, string masked)
    {
        Assert.Equal(masked, Masked.Name(name));
    }
}
