using System.Collections.Frozen;
using System.Reflection;

namespace BuatFilm.Admin.Security;

/// <summary>What a caller may do, as <c>resource:action</c>. Every route and every page names one, or says why it is public.</summary>
internal static class Permissions
{
    /// <summary>Place an order through the storefront API.</summary>
    public const string OrdersPlace = "orders:place";

    /// <summary>See orders and their payments.</summary>
    public const string OrdersRead = "orders:read";

    /// <summary>Put an order on hold or take it off.</summary>
    public const string OrdersResolve = "orders:resolve";

    /// <summary>Receive live notifications of changes.</summary>
    public const string NotificationsReceive = "notifications:receive";

    /// <summary>See the state of each external service, not only the overall one.</summary>
    public const string HealthDetails = "health:details";

    /// <summary>See waiting and sent messages.</summary>
    public const string OutboxRead = "outbox:read";

    /// <summary>See dead letters.</summary>
    public const string DeadLettersRead = "dead-letters:read";

    /// <summary>Send dead letters again.</summary>
    public const string DeadLettersRequeue = "dead-letters:requeue";

    /// <summary>See what Midtrans said of payments.</summary>
    public const string PaymentEventsRead = "payment-events:read";

    /// <summary>Have a stored payment event looked at again.</summary>
    public const string PaymentEventsReprocess = "payment-events:reprocess";

    /// <summary>See a notification as it arrived, personal data included.</summary>
    public const string PaymentEventsReadRaw = "payment-events:read-raw";

    /// <summary>See a customer's whole mail address or telephone number, one at a time and on record.</summary>
    public const string CustomersReveal = "customers:reveal";

    /// <summary>See breakers and their history.</summary>
    public const string BreakersRead = "breakers:read";

    /// <summary>Hold a breaker open or closed for a while.</summary>
    public const string BreakersOverride = "breakers:override";

    /// <summary>See bulk operations and their receipts.</summary>
    public const string OperationsRead = "operations:read";

    /// <summary>Plan and start bulk operations.</summary>
    public const string OperationsStart = "operations:start";

    /// <summary>See alerts.</summary>
    public const string AlertsRead = "alerts:read";

    /// <summary>Take an alert on oneself.</summary>
    public const string AlertsAcknowledge = "alerts:acknowledge";

    /// <summary>Read the audit log.</summary>
    public const string AuditRead = "audit:read";

    /// <summary>Invite people, change their roles, lock them out.</summary>
    public const string UsersManage = "users:manage";

    /// <summary>Make and revoke API keys.</summary>
    public const string ApiKeysManage = "api-keys:manage";

    /// <summary>See recurring jobs.</summary>
    public const string JobsRead = "jobs:read";

    /// <summary>Run a recurring job now.</summary>
    public const string JobsTrigger = "jobs:trigger";

    /// <summary>Change jobs in Hangfire's dashboard, which can do anything to them.</summary>
    public const string JobsManage = "jobs:manage";

    /// <summary>Scrape the metrics.</summary>
    public const string MetricsRead = "metrics:read";

    /// <summary>See idempotency keys and what they came to; never the stored answers.</summary>
    public const string IdempotencyRead = "idempotency:read";

    /// <summary>Cause faults on purpose, to practise.</summary>
    public const string GameDayRun = "game-day:run";

    /// <summary>Every permission there is.</summary>
    public static FrozenSet<string> All { get; } = typeof(Permissions)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.IsLiteral)
        .Select(field => (string)field.GetRawConstantValue()!)
        .ToFrozenSet(StringComparer.Ordinal);
}
