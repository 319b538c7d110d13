namespace BuatFilm.Admin.Features.Operations;

/// <summary>Bulk work on a fixed set: planned, started, run, receipted.</summary>
internal static class OperationsFeature
{
    public static IServiceCollection AddOperations(this IServiceCollection services, IConfiguration configuration)
    {
        return services;
    }

    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
    }
}
