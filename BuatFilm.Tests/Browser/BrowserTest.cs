using Microsoft.Playwright;

namespace BuatFilm.Tests.Browser;

/// <summary>A test that looks at pages in a browser; what it opened is closed when it ends.</summary>
public abstract class BrowserTest(BrowserHost host) : IAsyncDisposable
{
    private readonly List<IBrowserContext> _contexts = [];

    protected BrowserHost Host { get; } = host;

    public async ValueTask DisposeAsync()
    {
        foreach (var context in _contexts)
        {
            await context.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Opens a page in a browser of its own, and waits until its circuit lives.</summary>
    protected async Task<IPage> OpenAsync(string path, Look? look = null)
    {
        var context = Own(await Host.NewBrowserAsync(look ?? Look.Desktop));
        var page = await context.NewPageAsync();
        if (Host.SignIn is not null)
        {
            await Host.SignIn(page, (await Host.AppAsync()).Address);
        }

        await page.GotoAsync(path);
        await page.LiveAsync();
        return page;
    }

    /// <summary>Has a browser closed when the test ends.</summary>
    protected IBrowserContext Own(IBrowserContext context)
    {
        _contexts.Add(context);
        return context;
    }
}
