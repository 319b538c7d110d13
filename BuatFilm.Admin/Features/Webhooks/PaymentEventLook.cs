using BuatFilm.Admin.Components;
using BuatFilm.Core;
using BuatFilm.Core.Payments;
using BuatFilm.Core.Webhooks;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>The words of payment events.</summary>
internal sealed class PaymentEventLook(IStringLocalizer<PaymentEventsPageTexts> texts, Words words)
{
    /// <summary>Midtrans' ways to pay that have a word here; there are more.</summary>
    public static IReadOnlyList<string> Methods { get; } =
        ["bank_transfer", "echannel", "qris", "gopay", "shopeepay", "ovo", "dana", "credit_card", "cstore", "akulaku", "kredivo"];

    /// <summary>What Midtrans says of the payment; its own word where it is not known here.</summary>
    public Word StatusOf(PaymentEventItem told) =>
        MidtransNotification.StateOf(told.TransactionStatus, told.FraudStatus) is { } state
            ? words.Of(state)
            : new Word(ForeignText.Clean(told.TransactionStatus, 60), "", Tone.Neutral, told.TransactionStatus);

    public Word OutcomeOf(PaymentEventItem told) => words.Of(WireName<EventOutcome>.Parse(told.Outcome));

    public string MethodOf(string paymentType) =>
        texts[$"Method.{paymentType}"] is { ResourceNotFound: false } known ? known.Value : paymentType.Replace('_', ' ');

    public string SourceOf(PaymentEventItem told) => texts[$"Source.{told.Source}"];

    /// <summary>What became of it, in sentences: the verdict, why, and whether Midtrans has been asked.</summary>
    public IEnumerable<string> VerdictOf(PaymentEventView view)
    {
        var told = view.Event;
        yield return texts[$"Verdict.{told.Outcome}"];
        if (told.Reason is { } reason && texts[$"Reason.{reason}"] is { ResourceNotFound: false } why)
        {
            yield return why.Value;
        }

        if (told.Outcome == WireName<EventOutcome>.Of(EventOutcome.Applied))
        {
            yield return texts[told.VerifiedAt is not null ? "Confirmed.Yes" : view.Question is null ? "Confirmed.No" : "Confirmed.Soon"];
        }
    }
}
