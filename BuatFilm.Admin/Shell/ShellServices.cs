using BuatFilm.Admin.Components;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MudBlazor.Services;

namespace BuatFilm.Admin.Shell;

/// <summary>The pages' frame: languages, theme, navigation, error pages.</summary>
internal static class ShellServices
{
    /// <summary>Machines that want an answer of their own kind, not a page.</summary>
    private static readonly string[] MachineRoutes = ["/api", "/health", "/metrics", "/openapi", "/sandbox/api", "/_blazor", "/_framework"];

    /// <summary>Needs <c>AddLive</c>.</summary>
    public static IServiceCollection AddShell(this IServiceCollection services)
    {
        services.Configure<RequestLocalizationOptions>(Cultures.Configure);
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddCascadingAuthenticationState();
        services.TryAddSingleton<ReadChangeMark>(provider =>
            cancellationToken => DatabaseMark.ReadAsync(provider.GetRequiredService<Databases>(), cancellationToken));

        return services.AddShellComponents();
    }

    /// <summary>What the components ask for, without the server that renders them; tests render them by other means.</summary>
    internal static IServiceCollection AddShellComponents(this IServiceCollection services)
    {
        services.AddLocalization();
        services.AddMudServices();
        services.AddScoped<Formats>().AddScoped<Words>().AddScoped<Cells>().AddScoped<PageScript>().AddScoped<Announcements>();
        services.AddSingleton<PageRoutes>();
        foreach (var entry in MenuEntries.All)
        {
            services.AddSingleton(entry);
        }

        foreach (var badge in MenuEntries.Badges)
        {
            services.AddSingleton(badge);
        }

        return services;
    }

    /// <summary>Languages and error pages; before authentication, so that a refusal is in the reader's language too.</summary>
    public static WebApplication UseShell(this WebApplication app)
    {
        app.UseRequestLocalization();
        if (!app.Environment.IsDevelopment())
        {
            app.UseExceptionHandler("/error", createScopeForErrors: true);
        }

        // Not in a branch of its own for people: what re-executes a request finds its way only in the main pipeline.
        app.UseStatusCodePagesWithReExecute("/not-found", "?code={0}", createScopeForStatusCodePages: true);
        app.Use((context, next) =>
        {
            if (IsForMachines(context) && context.Features.Get<IStatusCodePagesFeature>() is { } pages)
            {
                pages.Enabled = false;
            }

            return next(context);
        });

        return app;
    }

    /// <summary>After authentication and authorization.</summary>
    /// <returns>The pages, for whoever composes the program to say who may see them.</returns>
    public static IEndpointConventionBuilder MapShell(this WebApplication app)
    {
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapCulture();

        return app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode()
            .AddAdditionalAssemblies([.. app.Services.GetRequiredService<PageRoutes>().More]);
    }

    private static bool IsForMachines(HttpContext context) =>
        MachineRoutes.Any(route => context.Request.Path.StartsWithSegments(route, StringComparison.OrdinalIgnoreCase));
}
