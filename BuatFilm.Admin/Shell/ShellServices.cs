using BuatFilm.Admin.Components;
using Microsoft.AspNetCore.Diagnostics;
using MudBlazor;
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

        return services.AddShellComponents();
    }

    /// <summary>What the components ask for, without the server that renders them; tests render them by other means.</summary>
    internal static IServiceCollection AddShellComponents(this IServiceCollection services)
    {
        services.AddLocalization();
        services.AddMudServices();
        services.AddScoped<Formats>();

        services.AddSingleton(new MenuEntry(0, "/", Icons.Material.Filled.SpaceDashboard, typeof(ShellTexts), "Menu.Overview"));
        services.AddSingleton(new MenuEntry(800, "/jobs", Icons.Material.Filled.Schedule, typeof(ShellTexts), "Menu.Jobs", IsExternal: true));
        services.AddSingleton(new MenuEntry(900, "/docs", Icons.Material.Filled.MenuBook, typeof(ShellTexts), "Menu.Docs", IsExternal: true));

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
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
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

        return app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }

    private static bool IsForMachines(HttpContext context) =>
        MachineRoutes.Any(route => context.Request.Path.StartsWithSegments(route, StringComparison.OrdinalIgnoreCase));
}
