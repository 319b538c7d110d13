namespace BuatFilm.Admin.Sandbox.Storefront;

/// <summary>The server of a shop that uses the app: calls the storefront API over the network with a key, as a real one would.</summary>
internal sealed class Shop : IDisposable
{
    /// <summary>Longer than the app lets anybody wait for Midtrans.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private readonly string? _apiKey;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false }) { Timeout = AnswerTimeout };
    private volatile Uri? _app;

    /// <param name="apiKey">One of the app's <c>Storefront:ApiKeys</c>; null when the settings have none.</param>
    public Shop(string? apiKey) => _apiKey = apiKey;

    public bool HasKey => _apiKey is not null;

    /// <summary>Says where the app listens.</summary>
    public void SetApp(Uri address) => _app = address;

    /// <summary>Places an order.</summary>
    /// <param name="idempotencyKey">The same for every repetition of one order; null leaves it out, which the app refuses.</param>
    public Task<ShopAnswer> PlaceAsync(string order, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var request = Request(HttpMethod.Post, "/api/v1/orders");
        request.Content = new StringContent(order, System.Text.Encoding.UTF8, "application/json");
        if (idempotencyKey is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        }

        return SendAsync(request, cancellationToken);
    }

    /// <summary>Asks how an order stands.</summary>
    public Task<ShopAnswer> FindAsync(string orderId, CancellationToken cancellationToken) =>
        SendAsync(Request(HttpMethod.Get, $"/api/v1/orders/{Uri.EscapeDataString(orderId)}"), cancellationToken);

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var app = _app ?? throw new InvalidOperationException("The app does not listen yet.");
        var request = new HttpRequestMessage(method, new Uri(app, path));
        request.Headers.TryAddWithoutValidation("X-Api-Key", _apiKey);
        return request;
    }

    private async Task<ShopAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            return new ShopAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
        }
    }
}

/// <summary>What the app answered, to be passed on.</summary>
/// <param name="Body">JSON.</param>
internal sealed record ShopAnswer(int Status, string Body);
