using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace BuatFilm.Admin.Sandbox.WhatsApp;

/// <summary>Meta's question whether a webhook is the one that its owner named.</summary>
internal static class Subscription
{
    private const int Attempts = 5;

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    /// <summary>Asks until the app answers, a few times; says so when it answers wrongly or not at all.</summary>
    public static async Task CheckAsync(Uri webhook, string verifyToken, Action<string> report, TimeProvider time, CancellationToken cancellationToken)
    {
        var challenge = RandomNumberGenerator.GetInt32(1_000_000_000).ToString(CultureInfo.InvariantCulture);
        var query = $"?hub.mode=subscribe&hub.challenge={challenge}&hub.verify_token={Uri.EscapeDataString(verifyToken)}";

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        try
        {
            for (var attempt = 1; attempt <= Attempts; attempt++)
            {
                if (await AskAsync(http, new Uri(webhook, query), cancellationToken) == challenge)
                {
                    return;
                }

                await Task.Delay(Wait, time, cancellationToken);
            }

            report("Sandbox: the app's WhatsApp webhook did not pass Meta's subscription check. Compare WhatsApp:VerifyToken with the route.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end came first.
        }
    }

    private static async Task<string?> AskAsync(HttpClient http, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(address, cancellationToken);
            return response.StatusCode == HttpStatusCode.OK ? await response.Content.ReadAsStringAsync(cancellationToken) : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
