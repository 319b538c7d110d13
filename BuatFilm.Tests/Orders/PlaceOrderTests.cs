using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Orders;

public sealed class PlaceOrderTests(AppHost app) : IClassFixture<AppHost>
{
    [Fact]
    public async Task PlaceOrder_WithAValidRequest_GivesASnapToken()
    {
        using var response = await app.PlaceAsync(AppHost.Order("PLACE-1A"));

        var answer = (await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!;
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("awaiting_payment", (string?)answer["status"]);
        Assert.False(string.IsNullOrEmpty((string?)answer["snapToken"]));
        Assert.Equal("awaiting_payment", await app.StatusOfAsync("PLACE-1A"));
    }
}
