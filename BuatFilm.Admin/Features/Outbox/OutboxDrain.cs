using System.Threading.Channels;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using BuatFilm.Core.Retries;
using Microsoft.Extensions.Options;
using Channel = BuatFilm.Core.Outbox.Channel;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>Delivers what is due in one channel: asks the breaker, claims, sends outside any transaction, marks.</summary>
/// <remarks>
/// At most one drain per channel and node. A channel whose breaker is open claims nothing, and one that is about to
/// try again claims a single message, so an outage costs no attempt and delays no other channel. Once the breaker has
/// closed, what waited for the service is due at once, and goes out 1, 2, 4, … at a time.
/// </remarks>
internal sealed class OutboxDrain : IDisposable
{
    /// <summary>How long a delivery under way may go on when the process is told to stop: one that is cut off in the middle is sent twice.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    private readonly IMessageSender _sender;
    private readonly OutboxQueue _queue;
    private readonly ServicePipeline? _pipeline;
    private readonly ReturnWatch? _return;
    private readonly LeaseHolder _identity;
    private readonly StatusBoard _board;
    private readonly OutboxOptions _options;
    private readonly DeliveryPolicy _policy;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SingleRun _one = new();

    public OutboxDrain(IMessageSender sender, OutboxQueue queue, ServicePipelines pipelines, LeaseHolder identity, StatusBoard board, IOptions<OutboxOptions> options, TimeProvider time, ILogger<OutboxDrain> logger)
    {
        _sender = sender;
        _queue = queue;
        _pipeline = sender.Service is { } service ? pipelines[service] : null;
        _return = _pipeline is null ? null : new ReturnWatch(_pipeline, time);
        _identity = identity;
        _board = board;
        _options = options.Value;
        _policy = _options.PolicyOf(hasService: _pipeline is not null);
        _time = time;
        _logger = logger;
    }

    public Channel Channel => _sender.Channel;

    /// <summary>Delivers until nothing is due. When this node is at it already, that drain goes round once more and this call returns at once.</summary>
    /// <returns>How many messages were claimed.</returns>
    public Task<int> RunAsync(CancellationToken cancellationToken) => _one.RunAsync(DrainAsync, cancellationToken);

    public void Dispose() => _one.Dispose();

    private async Task<int> DrainAsync(CancellationToken cancellationToken)
    {
        var total = 0;
        var from = DateTimeOffset.MinValue;
        _board.Publish(snapshot => snapshot.WithDrainBeat(Channel, _time.GetUtcNow()));
        while (!cancellationToken.IsCancellationRequested && _identity.Current is { } owner)
        {
            await ResumeAsync(cancellationToken);
            var atOnce = Ramp.Of(_options.Of(Channel).Concurrency, _return?.SinceReturn);
            var wanted = atOnce < _options.Of(Channel).Concurrency ? Math.Min(atOnce, _options.BatchSize) : _options.BatchSize;
            var admitted = _pipeline?.Admits(wanted) ?? wanted;
            if (admitted == 0)
            {
                break;
            }

            var claimedAt = _time.GetTimestamp();
            var claimed = await _queue.ClaimAsync(Channel, from, admitted, owner, _options.LeaseDuration, cancellationToken);
            total += claimed.Count;

            if (claimed.Count > 0)
            {
                from = claimed[^1].DueAt;
                await DeliverAsync(claimed, owner, claimedAt, atOnce, cancellationToken);
            }
            else if (from > DateTimeOffset.MinValue)
            {
                // The end of the burst. Once more from the start: a row that was committed late may be due earlier.
                from = DateTimeOffset.MinValue;
            }
            else
            {
                break;
            }
        }

        return total;
    }

    /// <summary>Once the service is back, nothing waits for it any longer.</summary>
    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        if (_return?.Look() != true)
        {
            return;
        }

        var resumed = await _queue.ResumeStalledAsync(Channel, cancellationToken);
        _return.Settle();
        if (resumed > 0)
        {
            _logger.LogInformation("{Count} messages of channel {Channel} had waited for its service; they are due now.", resumed, Channel);
        }
    }

    private async Task DeliverAsync(List<ClaimedMessage> claimed, Guid owner, long claimedAt, int atOnce, CancellationToken cancellationToken)
    {
        using var cutOff = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        await using var onStop = cancellationToken.UnsafeRegister(source => ((CancellationTokenSource)source!).CancelAfter(StopGrace), cutOff);
        var ended = System.Threading.Channels.Channel.CreateUnbounded<Completion>(new UnboundedChannelOptions { SingleReader = true });
        var marking = MarkAsync(ended.Reader, owner, cancellationToken);

        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = CancellationToken.None };
            await Parallel.ForEachAsync(claimed, parallel, async (message, _) =>
            {
                var outcome = await SendAsync(message, claimedAt, cutOff.Token, cancellationToken);
#pragma warning disable CA5394 // Spreads retries; nothing secret.
                var decision = _policy.After(outcome, message.Standing, Random.Shared.NextDouble());
#pragma warning restore CA5394
                ended.Writer.TryWrite(new Completion(message, outcome, decision));
            });
        }
        finally
        {
            ended.Writer.Complete();
        }

        await marking;
    }

    private async Task<DeliveryOutcome> SendAsync(ClaimedMessage claimed, long claimedAt, CancellationToken cutOff, CancellationToken stopping)
    {
        if (claimed.Message.Attempt > claimed.AttemptLimit)
        {
            // Claimed more often than it may be and never marked: it takes its process down with it.
            return new DeliveryOutcome(DeliveryResult.Refused, ServiceVerdict.NotCalled, "poison", "Claimed again and again without an end; the process died each time.");
        }

        if (stopping.IsCancellationRequested || _time.GetElapsedTime(claimedAt) > _options.LeaseDuration - _options.DeliveryAllowance)
        {
            return new DeliveryOutcome(DeliveryResult.NotTried, ServiceVerdict.NotCalled, "not_started", RetryAfter: TimeSpan.Zero);
        }

        try
        {
            return await _sender.SendAsync(claimed.Message, cutOff);
        }
        catch (OperationCanceledException) when (cutOff.IsCancellationRequested)
        {
            // Cut off in the middle of a conversation: whether it arrived is not known.
            return new DeliveryOutcome(DeliveryResult.Unknown, ServiceVerdict.NotCalled, "stopped");
        }
#pragma warning disable CA1031 // A bug in one message must not stop the channel; the attempt counts.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _logger.LogError(exception, "Message {MessageId} could not be sent.", claimed.Message.Id);
            return new DeliveryOutcome(DeliveryResult.Failed, ServiceVerdict.NotCalled, "internal");
        }
    }

    /// <summary>Marks what has ended as soon as it has: whatever ended meanwhile goes into one commit.</summary>
    private async Task MarkAsync(ChannelReader<Completion> ended, Guid owner, CancellationToken stopping)
    {
        var group = new List<Completion>();
        while (await ended.WaitToReadAsync(CancellationToken.None))
        {
            group.Clear();
            while (group.Count < _options.BatchSize && ended.TryRead(out var completion))
            {
                group.Add(completion);
            }

            await MarkGroupAsync(group, owner, stopping);
        }
    }

    private async Task MarkGroupAsync(List<Completion> group, Guid owner, CancellationToken stopping)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // Not cancelled by stopping: what was sent must be marked, or it is sent twice.
                var mine = await _queue.CompleteAsync(group, owner, CancellationToken.None);
                foreach (var completion in group)
                {
                    OutboxMetrics.Ended(Channel, completion, mine.Contains(completion.Claimed.Message.Id));
                }

                return;
            }
#pragma warning disable CA1031 // Until the lease ends, marking late is better than sending twice.
            catch (Exception exception) when (attempt < 20)
#pragma warning restore CA1031
            {
                _logger.LogWarning(exception, "{Count} deliveries could not be marked (try {Attempt}); trying again.", group.Count, attempt);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(100 * attempt, 2000)), _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
