using BuatFilm.Admin.Components;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Core;
using BuatFilm.Core.Outbox;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>What messages are about and why they failed, in words for people.</summary>
internal sealed class MessageWords(IStringLocalizer<OutboxPageTexts> texts, Words words)
{
    public static readonly IReadOnlyList<string> Kinds =
    [
        Messages.EmailRenderer.PaymentLink, Messages.EmailRenderer.PaymentReceived, Messages.EmailRenderer.OrderClosed,
        Messages.EmailRenderer.Alert, Messages.EmailRenderer.AccountInvitation, Messages.EmailRenderer.AccountReset,
    ];

    public static readonly IReadOnlyList<string> Causes = [DeliveryPolicy.Refused, DeliveryPolicy.AttemptsUsedUp, DeliveryPolicy.Undeliverable];

    /// <summary>A kind that nobody gave a word to is shown by its own name.</summary>
    public string Kind(string kind) => texts[$"Kind.{kind}"] is { ResourceNotFound: false } word ? word.Value : kind;

    public string Channel(string channel) => words.Of(WireName<Channel>.Parse(channel)).Everyday;

    /// <summary>Why a message is dead: by the code where it says something to people, else by the cause.</summary>
    public string Cause(string cause, string? code) =>
        code is not null && texts[$"Code.{code}"] is { ResourceNotFound: false } plain ? plain.Value
        : texts[$"Cause.{cause}"] is { ResourceNotFound: false } word ? word.Value : cause;

    /// <summary>The cause as a chip: red for what will fail again as it is, amber for what may not.</summary>
    public Word CauseWord(string cause, string? code) =>
        new(Cause(cause, code), code ?? "", cause == DeliveryPolicy.AttemptsUsedUp ? Tone.Warning : Tone.Bad, cause);

    public IReadOnlyList<Choice> ChannelChoices => [.. Enum.GetValues<Channel>().Select(channel => new Choice(WireName<Channel>.Of(channel), words.Of(channel).Everyday))];

    public IReadOnlyList<Choice> KindChoices => [.. Kinds.Select(kind => new Choice(kind, Kind(kind)))];

    public IReadOnlyList<Choice> CauseChoices => [.. Causes.Select(cause => new Choice(cause, Cause(cause, null)))];
}
