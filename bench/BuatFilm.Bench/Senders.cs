using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BuatFilm.Bench;

/// <summary>What a crowd of senders saw.</summary>
/// <param name="Stored">The orders whose notification was answered 200 and <c>applied</c>.</param>
/// <param name="Duplicates">Answers 200 and <c>duplicate</c>.</param>
/// <param name="Odd">Anything else; the first of each kind in words.</param>
internal sealed record Delivery(double Rate, double P50Ms, double P99Ms, List<int> Stored, long Duplicates, long OddCount, string Odd);

/// <summary>Posts notifications over raw keep-alive connections, so that the client costs little of the machine it shares.</summary>
internal static class Senders
{
    /// <param name="orders">Taken from in order by all senders; each stops when the time or these are over.</param>
    /// <param name="repeat">Whether to start over at the end of <paramref name="orders"/>.</param>
    public static async Task<Delivery> RunAsync(IPEndPoint address, Notifications notifications, int[] orders, int senders, TimeSpan time, bool repeat, CancellationToken cancellationToken)
    {
        var next = -1;
        var ended = new ConcurrentBag<Sender>();
        using var together = new Barrier(senders + 1);
        long started = 0;
        var threads = Enumerable.Range(0, senders).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using var sender = new Sender(address, notifications);
                together.SignalAndWait(cancellationToken);
                while (Stopwatch.GetElapsedTime(Volatile.Read(ref started)) < time && !cancellationToken.IsCancellationRequested)
                {
                    var place = Interlocked.Increment(ref next);
                    if (place >= orders.Length && !repeat)
                    {
                        break;
                    }

                    sender.Post(orders[place % orders.Length]);
                }

                ended.Add(sender);
            },
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToList();

        // The clock starts before the last one is let go, so nobody sees it unset.
        while (together.ParticipantsRemaining > 1)
        {
            await Task.Delay(1, cancellationToken);
            foreach (var failed in threads.Where(thread => thread.IsFaulted))
            {
                await failed;
            }
        }

        Volatile.Write(ref started, Stopwatch.GetTimestamp());
        together.SignalAndWait(cancellationToken);
        await Task.WhenAll(threads);
        var elapsed = Stopwatch.GetElapsedTime(started);
        cancellationToken.ThrowIfCancellationRequested();

        var waits = ended.SelectMany(sender => sender.Ticks).Order().ToArray();
        var odd = ended.SelectMany(sender => sender.Odd).ToList();
        return new Delivery(
            waits.Length / elapsed.TotalSeconds,
            Figures.Ms(Figures.At(waits, 0.50)),
            Figures.Ms(Figures.At(waits, 0.99)),
            [.. ended.SelectMany(sender => sender.Stored)],
            ended.Sum(sender => sender.Duplicates),
            odd.Count,
            string.Join("; ", odd.Distinct(StringComparer.Ordinal).Take(3)));
    }

    private sealed class Sender : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 20_000 };
        private readonly Notifications _notifications;
        private readonly byte[] _request;
        private readonly byte[] _answer = new byte[16 * 1024];
        private readonly int _head;

        public Sender(IPEndPoint address, Notifications notifications)
        {
            _notifications = notifications;
            var head = Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"POST /api/v1/midtrans/notifications HTTP/1.1\r\nHost: {address}\r\nUser-Agent: Veritrans\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: {notifications.Body.Length}\r\n\r\n"));
            _head = head.Length;
            _request = [.. head, .. notifications.Body];
            _socket.Connect(address);
        }

        public List<long> Ticks { get; } = new(16 * 1024);

        public List<int> Stored { get; } = new(16 * 1024);

        public long Duplicates { get; private set; }

        public List<string> Odd { get; } = [];

        public void Post(int order)
        {
            _notifications.Write(_request.AsSpan(_head), order);
            var sent = Stopwatch.GetTimestamp();
            _socket.Send(_request);
            var answer = Receive();
            Ticks.Add(Stopwatch.GetTimestamp() - sent);

            if (!answer.StartsWith("HTTP/1.1 200"u8))
            {
                Odd.Add(Encoding.ASCII.GetString(answer[..answer.IndexOf((byte)'\r')]));
            }
            else if (answer.IndexOf("\"applied\""u8) >= 0)
            {
                Stored.Add(order);
            }
            else if (answer.IndexOf("\"duplicate\""u8) >= 0)
            {
                Duplicates++;
            }
            else
            {
                Odd.Add(Encoding.ASCII.GetString(answer[(answer.IndexOf("\r\n\r\n"u8) + 4)..]).Trim());
            }
        }

        public void Dispose() => _socket.Dispose();

        private ReadOnlySpan<byte> Receive()
        {
            var length = 0;
            while (true)
            {
                var read = _socket.Receive(_answer.AsSpan(length));
                if (read == 0)
                {
                    throw new BenchException("The program closed a connection in the middle of a request.");
                }

                length += read;
                var answer = _answer.AsSpan(0, length);
                var body = answer.IndexOf("\r\n\r\n"u8) + 4;
                if (body >= 4 && IsWhole(answer[..body], answer[body..]))
                {
                    return answer;
                }
            }
        }

        private static bool IsWhole(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
        {
            var at = head.IndexOf("Content-Length: "u8);
            return at < 0
                ? body.EndsWith("0\r\n\r\n"u8)
                : System.Buffers.Text.Utf8Parser.TryParse(head[(at + "Content-Length: ".Length)..], out int length, out _) && body.Length >= length;
        }
    }
}
