using BuatFilm.Admin.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>Who ordered what. Customers' data are masked until somebody who may says why they must be seen.</summary>
public sealed partial class OrderFacts
{
    private ConfirmDialog _confirm = null!;
    private OrderCustomer? _revealed;
    private string? _revealedOf;
    private string? _problem;

    [Parameter]
    [EditorRequired]
    public required OrderFact Order { get; set; }

    [Parameter]
    [EditorRequired]
    public required IReadOnlyList<OrderLineFact> Items { get; set; }

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    public required IStringLocalizer<OrdersPageTexts> Texts { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required ILogger<OrderFacts> Logger { get; init; }

    [Inject]
    private RevealCustomer Reveal { get; set; } = null!;

    /// <summary>One reveal is for one order: the next that this component shows is masked again.</summary>
    private bool IsRevealed => _revealed is not null && _revealedOf == Order.OrderId;

    private OrderCustomer Customer => IsRevealed ? _revealed! : Order.Customer;

    private async Task AskAsync()
    {
        var orderId = Order.OrderId;
        if (await _confirm.AskAsync(new ConfirmQuestion(Texts["Reveal.Title"], Texts["Reveal.Text"], Texts["Reveal"]) { AsksReason = true }) is not { } confirmed)
        {
            return;
        }

        try
        {
            var user = Authentication is null ? null : (await Authentication).User;
            (_revealed, _revealedOf) = (await Reveal.ExecuteAsync(user, orderId, confirmed.Reason, CancellationToken.None), orderId);
            _problem = _revealed is null ? Texts["Problem.Denied"].Value : null;
        }
#pragma warning disable CA1031 // The page says that it was not done; an exception would end the whole circuit.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Logger.LogWarning(exception, "The customer of order {OrderId} could not be shown.", orderId);
            _problem = Texts["Problem"];
        }

        StateHasChanged();
    }
}
