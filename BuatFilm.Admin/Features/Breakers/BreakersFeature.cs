namespace BuatFilm.Admin.Features.Breakers;

/// <summary>Circuit breakers: transitions, probes, trials, overrides.</summary>
internal static class BreakersFeature
{
    public static IServiceCollection AddBreakers(this IServiceCollection services, IConfiguration configuration)
    {
        return services;
    }

    public static void MapBreakers(this IEndpointRouteBuilder routes)
    {
    }
}
