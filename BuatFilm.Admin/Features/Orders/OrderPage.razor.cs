using BuatFilm.Admin.Components;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Orders;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>One order: where it stands, what that means, what to do, and everything that happened to it.</summary>
public sealed partial class OrderPage
{
    private string? _readId;
    private bool _isDenied;

    [Parameter]
    public string OrderId { get; set; } = "";

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    public required IStringLocalizer<OrdersPageTexts> Texts { get; init; }

    [Inject]
    public required IStringLocalizer<ComponentTexts> Common { get; init; }

    [Inject]
    public required Words Names { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    private OrderTimelineQueries Queries { get; set; } = null!;

    private OrderStatus Status => WireName<OrderStatus>.Parse(Data!.Order.Status);

    private Word StatusWord => Names.Of(Status);

    private string Sought => Uri.EscapeDataString(OrderId);

    private int DeadCount => Data!.Messages.Count(message => message.DeadAt is not null && message.SentAt is null);

    /// <summary>Why a person has to decide. An order that is held for none of its payments alone was paid by more than one of them.</summary>
    private IEnumerable<string> HoldReasons
    {
        get
        {
            if (Status != OrderStatus.OnHold)
            {
                return [];
            }

            var reasons = Data!.Payments.Select(payment => payment.HoldReason).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
            return reasons.Count > 0 ? reasons : ["twice"];
        }
    }

    protected override async Task OnInitializedAsync()
    {
        // Asked again here: the page's own attribute is looked at when it opens, and never again while it stays open.
        var user = Authentication is null ? null : (await Authentication).User;
        _isDenied = user?.May(Permissions.OrdersRead) != true;
        if (_isDenied)
        {
            return;
        }

        _readId = OrderId;
        await base.OnInitializedAsync();
    }

    protected override Task OnParametersSetAsync()
    {
        if (_isDenied || _readId is null || _readId == OrderId)
        {
            return Task.CompletedTask;
        }

        _readId = OrderId;
        return ReloadAsync();
    }

    protected override async Task<OrderTimeline?> ReadAsync(CancellationToken cancellationToken)
    {
        if (!OrderDraft.IsOrderId(OrderId) || await Queries.FindAsync(OrderId, cancellationToken) is not { } told)
        {
            return null;
        }

        // What people did is the audit log's, whoever may see the order.
        var user = Authentication is null ? null : (await Authentication).User;
        return user?.May(Permissions.AuditRead) == true ? told with { Actions = await Queries.ActionsAsync(told, cancellationToken) } : told;
    }
}
