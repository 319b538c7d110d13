using BuatFilm.Admin.Components;
using BuatFilm.Core;
using BuatFilm.Core.Orders;
using BuatFilm.Core.Payments;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>How the customer can pay, and how he tried.</summary>
public sealed partial class OrderPayments
{
    [Parameter]
    [EditorRequired]
    public required IReadOnlyList<OrderSessionFact> Sessions { get; set; }

    [Parameter]
    [EditorRequired]
    public required IReadOnlyList<OrderPaymentFact> Payments { get; set; }

    [Inject]
    public required IStringLocalizer<OrdersPageTexts> Texts { get; init; }

    [Inject]
    public required Words Names { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    private static bool IsQueued(OrderSessionFact session) => session.State == WireName<PaymentSessionState>.Of(PaymentSessionState.Queued);

    private Word StateOf(OrderSessionFact session) => WireName<PaymentSessionState>.Parse(session.State) switch
    {
        PaymentSessionState.Queued => WordOf(session, Tone.Warning),
        PaymentSessionState.Open => WordOf(session, Tone.Good),
        PaymentSessionState.Refused => WordOf(session, Tone.Bad),
        PaymentSessionState.Ended => WordOf(session, Tone.Neutral),
    };

    private Word WordOf(OrderSessionFact session, Tone tone) => new(Texts[$"Session.State.{session.State}"], "", tone, session.State);

    private Word StateOf(OrderPaymentFact payment) => Names.Of(WireName<PaymentState>.Parse(payment.State));

    /// <summary>What an error's code means; nothing for one that has no words, and its code stands beside it anyway.</summary>
    private string? ErrorOf(string code) => Texts[$"Session.Error.{code}"] is { ResourceNotFound: false } known ? known.Value : null;

    private string MethodOf(OrderPaymentFact payment)
    {
        var method = Texts[$"Method.{payment.PaymentType}"] is { ResourceNotFound: false } known ? known.Value : payment.PaymentType.Replace('_', ' ');
        return payment.Issuer is { Length: > 0 } issuer ? $"{method} · {issuer.ToUpperInvariant()}" : method;
    }
}
