using System.Collections.Frozen;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>What an alert of one kind is like.</summary>
/// <param name="IsOutage">True for what comes and goes by itself; false for what a person must settle.</param>
/// <param name="Page">Where a person looks at it; <c>{0}</c> stands for the target, escaped.</param>
internal sealed record AlertForm(bool IsOutage, string Page)
{
    private const string OrderPage = "/orders/{0}";

    /// <summary>Every kind that has words of its own.</summary>
    public static FrozenDictionary<string, AlertForm> All { get; } = new Dictionary<string, AlertForm>(StringComparer.Ordinal)
    {
        ["breaker_opened"] = new(true, "/breakers"),
        ["service_misconfigured"] = new(true, "/breakers"),
        ["midtrans_misconfigured"] = new(true, "/breakers"),
        ["hangfire_not_sweeping"] = new(true, "/jobs"),
        ["degradation_level"] = new(true, "/degradation"),
        ["messages_dead_lettered"] = new(false, "/dead-letters"),
        ["alerts_undeliverable"] = new(true, "/alerts"),
        ["notifications_missing"] = new(true, "/payment-events"),
        ["audit_log_broken"] = new(false, "/audit"),
        ["double_payment"] = new(false, OrderPage),
        ["amount_mismatch"] = new(false, OrderPage),
        ["notification_mismatch"] = new(false, OrderPage),
        ["payment_refuted"] = new(false, OrderPage),
        ["paid_after_close"] = new(false, OrderPage),
        ["charged_back"] = new(false, OrderPage),
        ["payment_reversed"] = new(false, OrderPage),
        ["unknown_order"] = new(false, OrderPage),
        ["queued_order_expired"] = new(false, OrderPage),
        ["queued_order_failed"] = new(false, OrderPage),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>For a kind that is newer than these words.</summary>
    private static AlertForm Other { get; } = new(false, "/alerts");

    public bool IsAboutAnOrder => Page == OrderPage;

    public static AlertForm Of(string kind) => All.GetValueOrDefault(kind, Other);

    public string PageOf(string? target) => Page.Replace("{0}", Uri.EscapeDataString(target ?? ""), StringComparison.Ordinal);
}
