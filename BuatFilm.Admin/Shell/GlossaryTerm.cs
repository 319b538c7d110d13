namespace BuatFilm.Admin.Shell;

/// <summary>One term of the glossary. Its name and meaning are <c>{Id}.Name</c> and <c>{Id}.Text</c> in <see cref="GlossaryTexts"/>.</summary>
/// <param name="Id">Stands in addresses: <c>/glossary#dlq</c>.</param>
/// <param name="Page">Where one meets it; null when nowhere in particular.</param>
public sealed record GlossaryTerm(string Id, GlossaryGroup Group, string? Page = null)
{
    /// <summary>All of them, group by group.</summary>
    public static IReadOnlyList<GlossaryTerm> All { get; } =
    [
        new("level", GlossaryGroup.Outages, "/degradation"),
        new("breaker", GlossaryGroup.Outages, "/breakers"),
        new("open", GlossaryGroup.Outages, "/breakers"),
        new("half-open", GlossaryGroup.Outages, "/breakers"),
        new("isolated", GlossaryGroup.Outages, "/breakers"),
        new("probe", GlossaryGroup.Outages),
        new("alert", GlossaryGroup.Outages, "/alerts"),
        new("game-day", GlossaryGroup.Outages, "/game-day"),

        new("outbox", GlossaryGroup.Messages, "/outbox"),
        new("attempt", GlossaryGroup.Messages),
        new("backoff", GlossaryGroup.Messages),
        new("dlq", GlossaryGroup.Messages, "/dead-letters"),
        new("requeue", GlossaryGroup.Messages, "/dead-letters"),
        new("receipt", GlossaryGroup.Messages),

        new("order", GlossaryGroup.Payments, "/orders"),
        new("snap-token", GlossaryGroup.Payments),
        new("queued", GlossaryGroup.Payments),
        new("notification", GlossaryGroup.Payments, "/payment-events"),
        new("signature", GlossaryGroup.Payments),
        new("verification", GlossaryGroup.Payments),
        new("duplicate", GlossaryGroup.Payments),
        new("authorize", GlossaryGroup.Payments),
        new("settlement", GlossaryGroup.Payments),
        new("challenge", GlossaryGroup.Payments),
        new("refund", GlossaryGroup.Payments),
        new("chargeback", GlossaryGroup.Payments),
        new("on-hold", GlossaryGroup.Payments, "/orders"),

        new("operation", GlossaryGroup.Work, "/operations"),
        new("recurring-job", GlossaryGroup.Work, "/recurring-jobs"),
        new("hangfire", GlossaryGroup.Work),
        new("idempotency", GlossaryGroup.Work, "/idempotency"),
        new("api-key", GlossaryGroup.Work, "/api-keys"),
        new("audit", GlossaryGroup.Work, "/audit"),
        new("node", GlossaryGroup.Work),
        new("wib", GlossaryGroup.Work),
    ];
}

public enum GlossaryGroup
{
    Outages,
    Messages,
    Payments,
    Work,
}
