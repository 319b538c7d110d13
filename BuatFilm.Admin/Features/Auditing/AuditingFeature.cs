namespace BuatFilm.Admin.Features.Auditing;

/// <summary>The audit log.</summary>
internal static class AuditingFeature
{
    public static IServiceCollection AddAuditing(this IServiceCollection services, IConfiguration configuration)
    {
        return services;
    }

    public static void MapAuditing(this IEndpointRouteBuilder routes)
    {
    }
}
