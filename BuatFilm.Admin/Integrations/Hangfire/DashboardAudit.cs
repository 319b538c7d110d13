using BuatFilm.Admin.Data;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;

namespace BuatFilm.Admin.Integrations.Hangfire;

/// <summary>Puts on record what people do in the dashboard: run a job, queue it again, delete it; and what they tried and may not.</summary>
internal static class DashboardAudit
{
    /// <summary>Of the jobs in one request; the rest is only counted.</summary>
    private const int MaxNamed = 20;

    private const int MaxName = 100;

    /// <summary>The dashboard's own reading, which it does by POST.</summary>
    private const string Statistics = "/stats";

    public static void Wrap(EndpointBuilder endpoint)
    {
        var inner = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = context =>
            HttpMethods.IsPost(context.Request.Method) && context.Request.Path.Value?.EndsWith(Statistics, StringComparison.Ordinal) != true
                ? RecordAsync(context, inner)
                : inner(context);
    }

    private static async Task RecordAsync(HttpContext context, RequestDelegate inner)
    {
        // Read before Hangfire does; it finds the form as it was.
        var jobs = context.Request.HasFormContentType ? (await context.Request.ReadFormAsync(context.RequestAborted))["jobs[]"] : default;
        await inner(context);

        var outcome = context.Response.StatusCode switch
        {
            < 400 => AuditOutcome.Done,
            StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden => AuditOutcome.Refused,
            _ => AuditOutcome.Failed,
        };
        var named = jobs.OfType<string>().Take(MaxNamed).Select(Clean).ToList();
        var data = new Dictionary<string, object?>(StringComparer.Ordinal) { ["count"] = jobs.Count, ["jobs"] = string.Join(", ", named), ["path"] = Clean(context.Request.Path.Value ?? "") };
        await AuditRows.AppendAsync(
            context.RequestServices.GetRequiredService<Databases>().Pages,
            Access.ActorOf(context.User),
            ActionOf(context.Request.Path.Value ?? ""),
            named is [var one] ? $"job:{one}" : null,
            outcome,
            outcome == AuditOutcome.Refused ? "forbidden" : null,
            data,
            null,
            CancellationToken.None);
    }

    private static string ActionOf(string path) => path.Split('/')[^1] switch
    {
        "trigger" => "hangfire:trigger",
        "requeue" => "hangfire:requeue",
        "delete" or "remove" => "hangfire:delete",
        _ => "hangfire:other",
    };

    // Ids come from the browser.
    private static string Clean(string text) => new([.. text.Take(MaxName).Where(letter => !char.IsControl(letter))]);
}
