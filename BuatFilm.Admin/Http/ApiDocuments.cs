using BuatFilm.Admin.Security;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace BuatFilm.Admin.Http;

/// <summary>The storefront API's description: <c>/openapi/v1.json</c>, and <c>/docs</c> to read and try it.</summary>
internal static class ApiDocuments
{
    private const string Bearer = "apiKey";

    public static IServiceCollection AddApiDocuments(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.ShouldInclude = description => description.RelativePath?.StartsWith("api/v1/", StringComparison.OrdinalIgnoreCase) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "BuatFilm storefront API",
                Version = "v1",
                Description = "Place orders and ask how they stand. Every error is application/problem+json with a stable code and a title that says what to do.",
            };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key, sent as 'Authorization: Bearer <key>' or as 'X-Api-Key: <key>'.",
            };

            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            if (metadata.OfType<PermissionMetadata>().Any())
            {
                operation.Security ??= [];
                operation.Security.Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] });
            }

            if (metadata.OfType<NeedsIdempotencyKey>().Any())
            {
                operation.Parameters ??= [];
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = "Idempotency-Key",
                    In = ParameterLocation.Header,
                    Required = true,
                    Description = "1 to 255 printable characters, best a UUID: the request is executed once per key, and its answer replayed for 72 hours.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 },
                });
            }

            return Task.CompletedTask;
        });
    });

    public static void MapApiDocuments(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json").AllowAnonymousBecause("Developers of storefronts read it.");
        routes.MapScalarApiReference("/docs", options => options
                .WithTitle("BuatFilm storefront API")
                .WithOpenApiRoutePattern("/openapi/{documentName}.json")
                .DisableDefaultFonts())
            .AllowAnonymousBecause("Developers of storefronts read it.");
    }
}

/// <summary>Marks a route that takes an <c>Idempotency-Key</c>, for its description.</summary>
internal sealed class NeedsIdempotencyKey;
