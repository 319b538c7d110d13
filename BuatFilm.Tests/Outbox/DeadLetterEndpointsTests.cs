using BuatFilm.Tests.Operations;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Outbox;

/// <summary>The list of dead letters and each with its history, asked of the whole program.</summary>
public sealed class DeadLetterEndpointsTests(DeadLetterEndpointsTests.Host host) : IClassFixture<DeadLetterEndpointsTests.Host>
{
    private AppHost App => host.App;

    [Fact]
    public async Task List_OfAll_IsNewestFirstPageByPage()
    {
        var all = await App.AllAsync("/dead-letters?limit=4");

        // Those of one statement died at one instant: only the number parts them.
        Assert.Equal(host.Ids.Order().Reverse(), all.Select(item => (long)item["id"]!));
        Assert.Equal(host.Ids.Count, (await App.AllAsync("/dead-letters?limit=1000")).Count);
    }

    [Fact]
    public async Task Line_OfADeadLetter_TellsWhatStaffMayKnow()
    {
        var line = Assert.Single(await App.AllAsync("/dead-letters?q=WA-3"));

        Assert.Equal(
            ["id", "messageId", "orderId", "kind", "channel", "recipient", "cause", "code", "error", "attempts", "createdAt", "deadAt"],
            line.Select(member => member.Key));
        Assert.Equal(("WA-3", "payment_received", "whatsapp", "+6281***003"), ((string?)line["orderId"], (string?)line["kind"], (string?)line["channel"], (string?)line["recipient"]));
        Assert.Equal(("refused", "131026", 1), ((string?)line["cause"], (string?)line["code"], (int)line["attempts"]!));
        Assert.DoesNotContain("+6281234000003", (await App.OpsAsync("/dead-letters?q=WA-3")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_ShowsNoRecipientInFull()
    {
        var text = (await App.OpsAsync("/dead-letters")).Text + (await App.OpsAsync($"/dead-letters/{host.Ids[0]}")).Text;

        Assert.Contains("b***@contoh.id", text, StringComparison.Ordinal);
        Assert.DoesNotContain("budi1@", text, StringComparison.Ordinal);
        Assert.DoesNotContain("+62812340", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("channel=whatsapp", 5)]
    [InlineData("channel=email", 8)]
    [InlineData("channel=", 13)]
    [InlineData("q=MAIL-1", 1)] // The order's number stands for itself.
    [InlineData("q=mail-", 8)]
    [InlineData("q=budi3@contoh.id", 1)]
    [InlineData("q=BUDI3", 1)]
    [InlineData("q=%2B6281234000002", 1)]
    [InlineData("q=0812-3400-0002", 1)]
    [InlineData("q=131026", 5)]
    [InlineData("q=not%20to%20be%20had", 13)]
    [InlineData("q=100%25", 0)]
    [InlineData("q=_", 0)]
    [InlineData("q=%5C", 0)]
    [InlineData("q=5", 13)]
    [InlineData("q=zzz", 0)]
    [InlineData("channel=whatsapp&q=budi", 0)]
    [InlineData("channel=whatsapp&q=contoh", 0)]
    [InlineData("channel=email&q=552", 8)]
    [InlineData("cause=refused&code=552&kind=payment_received&orderId=MAIL-7", 1)]
    public async Task List_WithAFilter_HasWhatFits(string query, int expected)
    {
        Assert.Equal(expected, (await App.AllAsync($"/dead-letters?{query}")).Count);
    }

    [Fact]
    public async Task List_SearchedByAMessageId_FindsIt()
    {
        var messageId = await App.ReadAsync<Guid>("select message_id from notification_outbox where id = $1", host.Ids[5]);

        Assert.Equal(host.Ids[5], (long)Assert.Single(await App.AllAsync($"/dead-letters?q={messageId}"))["id"]!);
        Assert.Contains(host.Ids[5], (await App.AllAsync($"/dead-letters?q={host.Ids[5]}")).Select(item => (long)item["id"]!));
    }

    [Theory]
    [InlineData("channel=fax", "validation_failed")]
    [InlineData("deadAfter=today", "validation_failed")]
    [InlineData("q=a%00b", "validation_failed")]
    [InlineData("cursor=x", "invalid_cursor")]
    [InlineData("cursor=YQpi", "invalid_cursor")]
    [InlineData("limit=x", "malformed_request")]
    public async Task List_WithAWrongQuery_IsRefused(string query, string code)
    {
        (await App.OpsAsync($"/dead-letters?{query}")).MustBeProblem(400, code);
    }

    [Fact]
    public async Task Details_OfADeadLetter_HaveEveryAttempt()
    {
        var details = (await App.OpsAsync($"/dead-letters/{host.Ids[0]}")).Json;

        var attempt = Assert.Single(details["history"]!.AsArray())!.AsObject();
        Assert.Equal((1, "refused", "552"), ((int)attempt["attempt"]!, (string?)attempt["result"], (string?)attempt["code"]));
        Assert.Equal("552 5.1.1 <b***@contoh.id>: mailbox is not to be had", (string?)attempt["error"]);
        Assert.NotNull(attempt["endedAt"]);
        Assert.NotNull(attempt["node"]);
        Assert.Empty(details["requeues"]!.AsArray());
        Assert.Equal(8, (int)details["maxAttempts"]!);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("x")]
    [InlineData("12345678")]
    [InlineData("99999999999999999999999")]
    public async Task Details_OfNothing_AreNotFound(string id)
    {
        (await App.OpsAsync($"/dead-letters/{id}")).MustBeProblem(404, "dead_letter_not_found");
    }

    /// <summary>The program with 8 dead mails and 5 dead WhatsApp messages.</summary>
    public sealed class Host : IAsyncLifetime
    {
        public AppHost App { get; } = new();

        internal List<long> Ids { get; } = [];

        public async ValueTask InitializeAsync()
        {
            await App.InitializeAsync();
            Ids.AddRange(await DeadLetters.AddAsync(App.ConnectionString, 8, "MAIL-", code: "552"));
            Ids.AddRange(await DeadLetters.AddAsync(App.ConnectionString, 5, "WA-", channel: "whatsapp", code: "131026"));
        }

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
