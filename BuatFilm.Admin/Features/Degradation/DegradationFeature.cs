namespace BuatFilm.Admin.Features.Degradation;

/// <summary>The degradation level: its history, its capabilities, and what is closed while a service is away.</summary>
internal static class DegradationFeature
{
    public static IServiceCollection AddDegradation(this IServiceCollection services, IConfiguration configuration)
    {
        return services;
    }

    public static void MapDegradation(this IEndpointRouteBuilder routes)
    {
    }
}
