using BuatFilm.Admin.Components;
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
        services.AddLocalization();
        services.Configure<RequestLocalizationOptions>(Cultures.Configure);
        services.AddRazorComponents().AddInteractiveServerComponents();
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
        app.UseWhen(IsForPeople, pages =>
        {
            if (!app.Environment.IsDevelopment())
            {
                pages.UseExceptionHandler("/error", createScopeForErrors: true);
            }

            pages.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        });

        return app;
    }

    /// <summary>After authentication and authorization.</summary>
    public static WebApplication MapShell(this WebApplication app)
    {
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapCulture();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();

        return app;
    }

    private static bool IsForPeople(HttpContext context) =>
        !MachineRoutes.Any(route => context.Request.Path.StartsWithSegments(route, StringComparison.OrdinalIgnoreCase));
}
