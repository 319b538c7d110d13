using System.Security.Cryptography;
using System.Text;
using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Authorization;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace BuatFilm.Admin.Integrations.Telemetry;

/// <summary>OpenTelemetry: metrics for Prometheus at <c>/metrics</c>, and metrics and traces by OTLP when an endpoint is configured.</summary>
internal static class TelemetryServices
{
    private const string Policy = "metrics";

    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var exportsByOtlp = configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        services.AddSingleton<IAuthorizationHandler, MetricsAccessHandler>();
        services.AddAuthorizationBuilder().AddPolicy(Policy, policy => policy.AddRequirements(new MetricsAccess()));
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("buatfilm-admin", serviceInstanceId: Environment.MachineName))
            .WithMetrics(metrics =>
            {
                metrics
                    .AddMeter("BuatFilm.*", "Polly", "Npgsql")
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddRuntimeInstrumentation()
                    .AddPrometheusExporter();
                if (exportsByOtlp)
                {
                    metrics.AddOtlpExporter();
                }
            })
            .WithTracing(traces =>
            {
                if (!exportsByOtlp)
                {
                    // Nobody would see them, and every statement would pay for its span.
                    traces.SetSampler(new AlwaysOffSampler());
                    return;
                }

                traces
                    .AddAspNetCoreInstrumentation(options => options.Filter = context => !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) && !context.Request.Path.StartsWithSegments("/metrics", StringComparison.Ordinal))
                    .AddHttpClientInstrumentation()
                    .AddSource("Npgsql")
                    .AddOtlpExporter();
            });

        return services;
    }

    /// <summary>With <c>Metrics:Token</c> set, for its bearer; without, for this machine only; and for staff who signed in.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(Policy).WithMetadata(new PermissionMetadata(Permissions.MetricsRead));

    private sealed class MetricsAccess : IAuthorizationRequirement;

    private sealed class MetricsAccessHandler(IConfiguration configuration) : AuthorizationHandler<MetricsAccess>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, MetricsAccess requirement)
        {
            if (context.User.May(Permissions.MetricsRead) || (context.Resource is HttpContext http && IsAllowed(http, configuration["Metrics:Token"])))
            {
                context.Succeed(requirement);
            }

            return Task.CompletedTask;
        }

        private static bool IsAllowed(HttpContext http, string? token)
        {
            if (string.IsNullOrEmpty(token))
            {
                return LoopbackOnly.IsLocal(http);
            }

            // Digests are of one length, so nothing is told of the token's.
            var given = http.Request.Headers.Authorization.ToString();
            return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes($"Bearer {token}")));
        }
    }
}
