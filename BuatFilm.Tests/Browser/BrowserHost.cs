using BuatFilm.Admin.Shell;
using BuatFilm.Tests.Components;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace BuatFilm.Tests.Browser;

/// <summary>The whole program with the tests' own pages beside it, and browsers to look at it. Once for a class, as its fixture.</summary>
/// <remarks>Nothing starts before a test asks for a page, and nothing at all where there is no browser.</remarks>
public sealed class BrowserHost : IAsyncDisposable
{
    private readonly Lazy<Task<AppHost>> _app;

    public BrowserHost()
    {
        _app = new Lazy<Task<AppHost>>(() => AppHost.StartAsync(services =>
        {
            services.AddSingleton(new PageAssembly(typeof(DemoListPage).Assembly));
            services.AddSingleton(Shelf);
            Configure?.Invoke(services);
        }));
    }

    /// <summary>The rows of <c>/demo-list</c>.</summary>
    public DemoShelf Shelf { get; } = new(rows: 240);

    /// <summary>How people are signed in: by default everybody is an Admin. Change it before the first page.</summary>
    public Action<IServiceCollection>? Configure { get; set; } = services => TestOperator.AddTo(services);

    /// <summary>What a new browser does before its first page, such as signing in by the sign-in page.</summary>
    public Func<IPage, Uri, Task>? SignIn { get; set; }

    public Task<AppHost> AppAsync() => _app.Value;

    /// <summary>A browser of its own, whose owner closes it before the server ends: open pages would flood its log while they try to reconnect.</summary>
    internal async Task<IBrowserContext> NewBrowserAsync(Look look)
    {
        var browser = await Chromium.GetAsync();
        var app = await AppAsync();
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = app.Address.ToString(),
            ViewportSize = new ViewportSize { Width = look.Width, Height = look.Height },
            ColorScheme = look.IsDark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            Locale = "id-ID",
        });
        context.SetDefaultTimeout(60_000);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app.IsValueCreated)
        {
            await (await _app.Value).DisposeAsync();
        }
    }
}

/// <summary>On what somebody looks at a page.</summary>
public sealed record Look(string Name, int Width, int Height, bool IsDark)
{
    public static Look Desktop { get; } = new("desktop-light", 1280, 800, IsDark: false);

    public static Look DesktopDark { get; } = new("desktop-dark", 1280, 800, IsDark: true);

    public static Look Phone { get; } = new("phone-light", 360, 740, IsDark: false);

    public static Look PhoneDark { get; } = new("phone-dark", 360, 740, IsDark: true);

    public static IReadOnlyList<Look> All { get; } = [Desktop, DesktopDark, Phone, PhoneDark];

    public override string ToString() => Name;
}
