using System.Globalization;
using System.Net;
using BuatFilm.Tests.Faults;

namespace BuatFilm.Tests.Journeys;

[Collection(ProcessTests.Name)]
public sealed class OrderJourneyTests(MigratedCluster cluster)
{
    [Fact]
    public async Task Order_PlacedAndPaid_IsPaidAndTheCustomerIsTold()
    {
        await using var app = new AppProcess(cluster);
        var start = await app.StartAsync();

        var (placed, _) = await app.PlaceAsync("JOURNEY-1");
        var awaiting = await app.StatusOfAsync("JOURNEY-1");
        var paid = await app.PayAsync("JOURNEY-1");
        var mail = await app.PaidAndToldAsync("JOURNEY-1");

        Assert.Equal((HttpStatusCode.Created, "awaiting_payment", HttpStatusCode.Accepted), (placed, awaiting, paid));
        Assert.Equal(("email", "budi@contoh.id"), ((string?)mail["channel"], (string?)mail["recipient"]));
        Assert.Contains("JOURNEY-1", (string?)mail["body"], StringComparison.Ordinal);
        var applied = await app.ReadAsync<DateTime>("select processed_at from payment_events where order_id = 'JOURNEY-1' and outcome = 'applied'");
        var arrived = DateTimeOffset.Parse((string)mail["at"]!, CultureInfo.InvariantCulture);
        var wait = arrived - new DateTimeOffset(applied);
        FaultReport.Write("order journey", new { StartSeconds = start.TotalSeconds, MailAfterWebhookMs = wait.TotalMilliseconds });
        Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(10)); // Usually well below one; the machine may be busy.
        Assert.Equal(["email", "whatsapp"], await app.ToldByAsync("JOURNEY-1"));
        var message = Assert.Single(await app.MessagesAsync("JOURNEY-1"), message => (string?)message["channel"] == "whatsapp");
        Assert.Equal(("+6281234567890", "payment_received", "Budi Santoso\nJOURNEY-1\nRp450.000"), ((string?)message["recipient"], (string?)message["subject"], (string?)message["body"]));
    }
}
