using BuatFilm.Admin.Components;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Breakers;
using MudBlazor;

namespace BuatFilm.Admin.Shell;

/// <summary>The links to the pages that the product has; those whose page is not built into this program are not shown.</summary>
internal static class MenuEntries
{
    public static IReadOnlyList<MenuEntry> All { get; } =
    [
        Page(MenuGroup.Start, 0, "/", Icons.Material.Outlined.SpaceDashboard, "Menu.Overview", null),
        Page(MenuGroup.Outages, 10, "/alerts", Icons.Material.Outlined.NotificationsActive, "Menu.Alerts", Permissions.AlertsRead),
        Page(MenuGroup.Outages, 20, "/breakers", Icons.Material.Outlined.ElectricalServices, "Menu.Breakers", Permissions.BreakersRead),
        Page(MenuGroup.Outages, 30, "/degradation", Icons.Material.Outlined.SignalCellularAlt, "Menu.Degradation", Permissions.HealthDetails),
        Page(MenuGroup.Messages, 10, "/dead-letters", Icons.Material.Outlined.MarkEmailUnread, "Menu.DeadLetters", Permissions.DeadLettersRead),
        Page(MenuGroup.Messages, 20, "/outbox", Icons.Material.Outlined.Outbox, "Menu.Outbox", Permissions.OutboxRead),
        Page(MenuGroup.Payments, 10, "/orders", Icons.Material.Outlined.ReceiptLong, "Menu.Orders", Permissions.OrdersRead),
        Page(MenuGroup.Payments, 20, "/payment-events", Icons.Material.Outlined.MoveToInbox, "Menu.PaymentEvents", Permissions.PaymentEventsRead),
        Page(MenuGroup.Work, 10, "/operations", Icons.Material.Outlined.Checklist, "Menu.Operations", Permissions.OperationsRead),
        Page(MenuGroup.Work, 20, "/recurring-jobs", Icons.Material.Outlined.EventRepeat, "Menu.RecurringJobs", Permissions.JobsRead),
        new(30, "/jobs", Icons.Material.Outlined.Schedule, typeof(ShellTexts), "Menu.Jobs", IsExternal: true, MenuGroup.Work, Permissions.JobsRead),
        Page(MenuGroup.Administration, 10, "/users", Icons.Material.Outlined.Group, "Menu.Users", Permissions.UsersManage),
        Page(MenuGroup.Administration, 20, "/api-keys", Icons.Material.Outlined.VpnKey, "Menu.ApiKeys", Permissions.ApiKeysManage),
        Page(MenuGroup.Administration, 30, "/audit", Icons.Material.Outlined.FactCheck, "Menu.Audit", Permissions.AuditRead),
        Page(MenuGroup.Administration, 40, "/idempotency", Icons.Material.Outlined.ContentCopy, "Menu.Idempotency", Permissions.IdempotencyRead),
        Page(MenuGroup.Administration, 50, "/game-day", Icons.Material.Outlined.Bolt, "Menu.GameDay", Permissions.GameDayRun),
        Page(MenuGroup.Help, 10, "/glossary", Icons.Material.Outlined.MenuBook, "Menu.Glossary", null),
        new(20, "/docs", Icons.Material.Outlined.Code, typeof(ShellTexts), "Menu.Docs", IsExternal: true, MenuGroup.Help),
    ];

    public static IReadOnlyList<MenuBadge> Badges { get; } =
    [
        new("/alerts", status => status.WaitingAlerts, "Badge.Alerts"),
        new("/breakers", status => status.Services.Values.Count(service => service.Breaker != BreakerState.Closed), "Badge.Breakers"),
        new("/dead-letters", status => status.Outbox?.Dead, "Badge.Dead"),
    ];

    private static MenuEntry Page(MenuGroup group, int order, string href, string icon, string titleKey, string? permission) =>
        new(order, href, icon, typeof(ShellTexts), titleKey, IsExternal: false, group, permission);
}
