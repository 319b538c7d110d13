using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using BuatFilm.Admin.Sandbox.Storage;

namespace BuatFilm.Admin.Sandbox.Deliveries;

/// <summary>Posts a stand-in's notifications to the app, in order within a lane, until they are taken.</summary>
/// <remarks>What is not delivered when the process dies is posted again by the next one: at least once, like the real services.</remarks>
internal sealed class Courier : IAsyncDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<Delivery>> _lanes = [];
    private readonly HashSet<Task> _runs = [];
    private readonly Journal<DeliveryEntry> _journal;
    private readonly SemaphoreSlim _posts = new(32);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http;
    private readonly Action<string> _report;
    private readonly TimeProvider _time;
    private volatile Uri? _app;
    private long _posted;
    private long _delivered;
    private long _givenUp;
    private bool _closed;

    /// <param name="journalPath">Where undelivered ones are remembered.</param>
    /// <param name="userAgent">How the real service introduces itself.</param>
    public Courier(string journalPath, string userAgent, Action<string> report, TimeProvider time)
    {
        _report = report;
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
        })
        {
            Timeout = AnswerTimeout,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(userAgent);

        _journal = Journal<DeliveryEntry>.Open(journalPath, Undelivered, out var left);
        foreach (var entry in left)
        {
            Enqueue(entry.Added!);
        }
    }

    /// <summary>Attempts, deliveries taken by the app, and those it refused until they were given up.</summary>
    public (long Posted, long Delivered, long GivenUp) Counts =>
        (Interlocked.Read(ref _posted), Interlocked.Read(ref _delivered), Interlocked.Read(ref _givenUp));

    /// <summary>Deliveries that still wait for the app.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _lanes.Values.Sum(lane => lane.Count);
            }
        }
    }

    /// <summary>Says where the app listens. Nothing is posted before; said again, the next attempts go to the new address.</summary>
    public void SetApp(Uri address)
    {
        _app = address;
        _listens.TrySetResult();
    }

    /// <summary>Remembers the delivery and posts it soon.</summary>
    public void Post(string lane, string path, string body, string? signature, DateTimeOffset notBefore)
    {
        var id = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        var delivery = new Delivery(id, lane, path, body, signature, notBefore);

        _journal.Append(new DeliveryEntry(delivery, DoneId: null));
        Enqueue(delivery);
    }

    public async ValueTask DisposeAsync()
    {
        Task[] runs;
        lock (_lock)
        {
            _closed = true;
            runs = [.. _runs];
        }

        await _stopping.CancelAsync();
        await Task.WhenAll(runs);

        _http.Dispose();
        _journal.Dispose();
        _posts.Dispose();
        _stopping.Dispose();
    }

    private static List<DeliveryEntry> Undelivered(IReadOnlyList<DeliveryEntry> entries)
    {
        var done = entries.Select(entry => entry.DoneId).OfType<string>().ToHashSet();
        return [.. entries.Where(entry => entry.Added is { } added && !done.Contains(added.Id))];
    }

    private void Enqueue(Delivery delivery)
    {
        lock (_lock)
        {
            if (_closed)
            {
                // It is in the journal; the next process posts it.
                return;
            }

            if (_lanes.TryGetValue(delivery.Lane, out var lane))
            {
                lane.Enqueue(delivery);
                return;
            }

            _lanes.Add(delivery.Lane, new Queue<Delivery>([delivery]));
            var run = Task.Run(() => RunAsync(delivery.Lane));
            _runs.Add(run);
            _ = run.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private void Forget(Task run)
    {
        lock (_lock)
        {
            _runs.Remove(run);
        }
    }

    private async Task RunAsync(string lane)
    {
        try
        {
            while (Next(lane) is { } delivery)
            {
                await DeliverAsync(delivery, _stopping.Token);
                _journal.Append(new DeliveryEntry(Added: null, delivery.Id));
                Remove(lane);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The rest is in the journal.
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            _report($"Sandbox: a notification of {lane} could not be recorded: {exception.Message}");
        }
    }

    /// <summary>The lane's first delivery; null when it is empty, and then the lane is gone.</summary>
    private Delivery? Next(string lane)
    {
        lock (_lock)
        {
            if (_lanes[lane].TryPeek(out var delivery))
            {
                return delivery;
            }

            _lanes.Remove(lane);
            return null;
        }
    }

    private void Remove(string lane)
    {
        lock (_lock)
        {
            _lanes[lane].Dequeue();
        }
    }

    private async Task DeliverAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        await _listens.Task.WaitAsync(cancellationToken);

        var early = delivery.NotBefore - _time.GetUtcNow();
        if (early > TimeSpan.Zero)
        {
            await Task.Delay(early, _time, cancellationToken);
        }

        var first = _time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var status = await TryPostAsync(delivery, cancellationToken);
            if (status is { } answered && (int)answered is >= 200 and < 300)
            {
                Interlocked.Increment(ref _delivered);
                return;
            }

            if (!RetryPlan.Continues(status, attempt, _time.GetElapsedTime(first)))
            {
                Interlocked.Increment(ref _givenUp);
                _report($"Sandbox: the app answered {(int?)status} to a notification of {delivery.Lane}; given up after {attempt} attempts.");
                return;
            }

            await Task.Delay(RetryPlan.WaitAfter(attempt), _time, cancellationToken);
        }
    }

    /// <summary>The app's answer; null when none came.</summary>
    private async Task<HttpStatusCode?> TryPostAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        await _posts.WaitAsync(cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_app!, delivery.Path));
            request.Content = new StringContent(delivery.Body, new MediaTypeHeaderValue("application/json"));
            if (delivery.Signature is { } signature)
            {
                request.Headers.Add("X-Hub-Signature-256", signature);
            }

            Interlocked.Increment(ref _posted);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            _posts.Release();
        }
    }
}
