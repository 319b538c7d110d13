using System.Globalization;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>One message: where it stands and why, whom it is for, all that happened to it, and what it says.</summary>
public sealed partial class MessageDetail
{
    private ConfirmDialog _confirm = null!;
    private string? _recipient;
    private string? _problem;

    /// <summary>The message's number; from the address, so anything.</summary>
    [Parameter]
    [EditorRequired]
    public required string Key { get; set; }

    /// <summary>Somebody wants a dead letter sent again. Without it, the page that can is linked.</summary>
    [Parameter]
    public EventCallback<long> RequeueAsked { get; set; }

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    public required IStringLocalizer<OutboxPageTexts> Texts { get; init; }

    [Inject]
    public required Words Names { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required StatusBoard Board { get; init; }

    [Inject]
    private OutboxQueries Queries { get; set; } = null!;

    [Inject]
    private MessageWords Wording { get; set; } = null!;

    [Inject]
    private RevealRecipient Reveal { get; set; } = null!;

    protected override async Task<MessageDetails?> ReadAsync(CancellationToken cancellationToken) =>
        long.TryParse(Key, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? await Queries.FindAsync(id, cancellationToken) : null;

    private string Why(MessageDetails message) => message switch
    {
        { IsDead: true } => $"{Wording.Cause(message.Cause!, message.History.Count > 0 ? message.History[^1].Code : null)}. {Texts[$"Dead.Next.{message.Cause}"]}",
        { Status: MessageDetails.Sent } => Texts["Why.Sent"],
        { Status: MessageDetails.Sending } => message.SendingNode is { } node ? Texts["Why.Sending.At", node] : Texts["Why.Sending"],
        _ when IsCutOff(message) => Texts["Why.Breaker", Wording.Channel(message.Channel)],
        { IsStalled: true } => Texts["Why.Stalled"],
        { DueAt: { } due } when due > Time.GetUtcNow() => Texts[message.Requeues.Count > 0 && message.Requeues[^1].At > LastTryOf(message) ? "Why.Turn" : "Why.Backoff"],
        _ => Texts["Why.Due"],
    };

    private bool IsCutOff(MessageDetails message) =>
        ChannelCards.ServiceOf(WireName<Channel>.Parse(message.Channel)) is { } service && Board.Current[service].Breaker is BreakerState.Open or BreakerState.Isolated;

    private static DateTimeOffset LastTryOf(MessageDetails message) => message.History.Count > 0 ? message.History[^1].EndedAt : DateTimeOffset.MinValue;

    private IEnumerable<Step> StepsOf(MessageDetails message) =>
        new[] { new Step("created", Texts["Step.Created"], message.CreatedAt, Tone.Neutral) }
            .Concat(message.History.Select(attempt => new Step(
                $"attempt-{attempt.Attempt}",
                Texts["Step.Attempt", Formats.Number(attempt.Attempt), Names.Of(attempt.Result).Everyday],
                attempt.EndedAt,
                Names.Of(attempt.Result).Tone,
                More: string.Join(" · ", new[] { attempt.Code, attempt.Machine ?? Texts["Step.Machine.Gone"].Value }.OfType<string>()),
                Foreign: attempt.Error)))
            .Concat(message.Requeues.Select(requeue => new Step(
                "requeue",
                Texts["Step.Requeue", Names.OfActor(requeue.Actor)],
                requeue.At,
                Tone.Info,
                Foreign: requeue.Reason,
                Operation: requeue.OperationId)))
            .Concat(message.Receipts.SelectMany(StepsOf))
            .OrderBy(step => step.At);

    private IEnumerable<Step> StepsOf(ReceiptStep receipt)
    {
        foreach (var (status, at) in new[] { (ReceiptStatus.Sent, receipt.SentAt), (ReceiptStatus.Delivered, receipt.DeliveredAt), (ReceiptStatus.Read, receipt.ReadAt), (ReceiptStatus.Failed, receipt.FailedAt) })
        {
            if (at is { } reported)
            {
                var failed = status == ReceiptStatus.Failed;
                yield return new Step($"receipt-{WireName<ReceiptStatus>.Of(status)}", Texts[$"Step.Receipt.{status}"], reported, Names.Of(status).Tone, failed ? receipt.Code : null, failed ? receipt.Error : null);
            }
        }
    }

    private async Task AskRecipientAsync()
    {
        var answer = await _confirm.AskAsync(new ConfirmQuestion(Texts["Reveal.Title"], Texts["Reveal.Text"], Texts["Reveal"]) { AsksReason = true });
        if (answer is not { Reason: { } reason } || Data is not { } message)
        {
            return;
        }

        try
        {
            var user = Authentication is null ? null : (await Authentication).User;
            _recipient = await Reveal.ExecuteAsync(user, message.Id, reason, CancellationToken.None);
            _problem = _recipient is null ? Texts["Problem.Denied"].Value : null;
        }
#pragma warning disable CA1031 // The page says that it was not done; an exception would end the whole circuit.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Loggers.CreateLogger<MessageDetail>().LogWarning(exception, "The recipient of message {Id} could not be shown.", message.Id);
            _problem = Texts["Problem"];
        }

        StateHasChanged();
    }

    /// <param name="Name">For tests; not shown.</param>
    /// <param name="Foreign">What others wrote.</param>
    private sealed record Step(string Name, string Title, DateTimeOffset At, Tone Tone, string? More = null, string? Foreign = null, Guid? Operation = null);
}
