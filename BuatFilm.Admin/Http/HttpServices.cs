namespace BuatFilm.Admin.Http;

/// <summary>What every route of the API shares.</summary>
internal static class HttpServices
{
    /// <summary>JSON as the API speaks it, and what <c>RequireService</c> asks. The problem documents need nothing else.</summary>
    public static IServiceCollection AddProblemAnswers(this IServiceCollection services) =>
        services.AddSingleton<DatabaseReach>().ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.AllowDuplicateProperties = ApiJson.Options.AllowDuplicateProperties;
            options.SerializerOptions.DefaultIgnoreCondition = ApiJson.Options.DefaultIgnoreCondition;
            options.SerializerOptions.MaxDepth = ApiJson.Options.MaxDepth;
            options.SerializerOptions.Encoder = ApiJson.Options.Encoder;
            options.SerializerOptions.NumberHandling = ApiJson.Options.NumberHandling;
        });

    /// <summary>Goes in front of routing: headers for the API and for pages, and problem documents for the API.</summary>
    public static IApplicationBuilder UseProblemAnswers(this IApplicationBuilder app) =>
        app.UseMiddleware<ApiSecurityHeaders>().UseMiddleware<PageSecurityHeaders>().UseMiddleware<ProblemAnswers>();
}
