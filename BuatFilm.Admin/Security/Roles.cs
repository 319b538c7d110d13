using System.Collections.Frozen;

namespace BuatFilm.Admin.Security;

/// <summary>Which permissions come together. People hold all roles but Storefront, which is for API keys of shops.</summary>
internal static class Roles
{
    public const string Storefront = nameof(Storefront);
    public const string Viewer = nameof(Viewer);
    public const string Operator = nameof(Operator);
    public const string Finance = nameof(Finance);
    public const string Admin = nameof(Admin);

    private static readonly string[] Looking =
    [
        Permissions.OrdersRead, Permissions.NotificationsReceive, Permissions.HealthDetails, Permissions.OutboxRead,
        Permissions.DeadLettersRead, Permissions.PaymentEventsRead, Permissions.BreakersRead, Permissions.OperationsRead,
        Permissions.AlertsRead, Permissions.JobsRead, Permissions.MetricsRead, Permissions.IdempotencyRead,
    ];

    private static readonly FrozenDictionary<string, FrozenSet<string>> ByRole = new Dictionary<string, IEnumerable<string>>(StringComparer.Ordinal)
    {
        [Storefront] = [Permissions.OrdersPlace, Permissions.OrdersRead],
        [Viewer] = Looking,
        [Operator] =
        [
            .. Looking, Permissions.DeadLettersRequeue, Permissions.PaymentEventsReprocess, Permissions.BreakersOverride,
            Permissions.OperationsStart, Permissions.AlertsAcknowledge, Permissions.AuditRead, Permissions.JobsTrigger, Permissions.CustomersReveal,
        ],
        [Finance] =
        [
            .. Looking, Permissions.OrdersResolve, Permissions.PaymentEventsReprocess, Permissions.PaymentEventsReadRaw,
            Permissions.AlertsAcknowledge, Permissions.AuditRead, Permissions.CustomersReveal,
        ],

        // An Admin runs the shop's back office; orders are placed by storefronts alone.
        [Admin] = Permissions.All.Except([Permissions.OrdersPlace], StringComparer.Ordinal),
    }.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal);

    /// <summary>Every role.</summary>
    public static IReadOnlyCollection<string> All => ByRole.Keys;

    /// <summary>What the role may do; nothing for a role that does not exist.</summary>
    public static IReadOnlySet<string> PermissionsOf(string role) =>
        ByRole.TryGetValue(role, out var permissions) ? permissions : FrozenSet<string>.Empty;
}
