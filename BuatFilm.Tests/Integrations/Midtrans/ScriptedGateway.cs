using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BuatFilm.Tests.Integrations.Midtrans;

/// <summary>A port that reads one request and answers with the very bytes it is told, then closes.</summary>
internal sealed class ScriptedGateway : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly byte[] _answer;
    private readonly bool _resets;
    private readonly Task _serving;
    private readonly List<string> _requests = [];

    /// <param name="resets">Ends with a reset instead of a proper end.</param>
    public ScriptedGateway(string answer, bool resets = false)
    {
        _answer = Encoding.UTF8.GetBytes(answer);
        _resets = resets;
        _listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _serving = ServeAsync();
    }

    public string Address { get; }

    public IReadOnlyList<string> Requests => _requests;

    /// <summary>A whole answer, with its length unless the headers speak of it.</summary>
    public static string Http(int status, string body, string mediaType = "application/json", string headers = "") =>
        $"HTTP/1.1 {status} X\r\nContent-Type: {mediaType}\r\n{headers}Connection: close\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _serving;
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                await using var stream = client.GetStream();
                _requests.Add(await ReadAsync(stream));
                await stream.WriteAsync(_answer, _stopping.Token);
                if (_resets)
                {
                    // What was written must arrive before the reset overtakes it.
                    await Task.Delay(100, _stopping.Token);
                    client.Client.LingerState = new LingerOption(enable: true, seconds: 0);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException or InvalidOperationException)
        {
            // The end, or a caller who has enough.
        }
    }

    private async Task<string> ReadAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[64 * 1024];
        while (!IsWhole(text.ToString()))
        {
            var count = await stream.ReadAsync(buffer, _stopping.Token);
            if (count == 0)
            {
                break;
            }

            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    private static bool IsWhole(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        var length = text[..end].Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return length is null || text.Length - end - 4 >= int.Parse(length.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
