using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace BuatFilm.Tests.Browser;

/// <summary>What tests ask of any page in a browser.</summary>
internal static class PageChecks
{
    /// <summary>What another size or theme can break; names, roles and order are the same in every look.</summary>
    private static readonly string[] OfALook = ["color-contrast", "link-in-text-block", "scrollable-region-focusable"];

    private static bool WantsPictures => Environment.GetEnvironmentVariable("BUATFILM_SCREENSHOTS") == "1";

    /// <summary>Waits until the page's circuit lives: before, a click does nothing.</summary>
    public static Task LiveAsync(this IPage page) => page.WaitForFunctionAsync("() => document.documentElement.dataset.live === ''");

    /// <summary>Shows the page as somebody else sees it: another size, another theme.</summary>
    public static async Task LookAsync(this IPage page, Look look)
    {
        await page.SetViewportSizeAsync(look.Width, look.Height);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = look.IsDark ? ColorScheme.Dark : ColorScheme.Light });
        await page.WaitForFunctionAsync("dark => (document.documentElement.dataset.theme === 'dark') === dark", look.IsDark);

        // Colours that are still on their way from one theme to the other are neither's.
        await page.EvaluateAsync("() => new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)))");
        await page.WaitForFunctionAsync("() => document.getAnimations().every(animation => !(animation instanceof CSSTransition))");
    }

    /// <summary>axe finds nothing and nothing sticks out, on a wide screen in light and on a phone in the dark; the other two looks as well, and a picture of each, where pictures are wanted.</summary>
    /// <remarks>Layout depends on the width and colours on the theme, hardly anything on both: two looks find what four would, at half the cost.</remarks>
    /// <param name="name">Of the pictures.</param>
    public static async Task IsGoodInEveryLookAsync(this IPage page, string name)
    {
        foreach (var look in WantsPictures ? Look.All : [Look.Desktop, Look.PhoneDark])
        {
            await page.LookAsync(look);
            await page.PictureAsync($"{name}-{look.Name}");
            await page.IsAxeCleanAsync(look == Look.Desktop || WantsPictures ? null : OfALook);
            await page.FitsItsWidthAsync();
        }
    }

    /// <summary>Fails with every finding of axe, by rule and element.</summary>
    /// <remarks>Of a list's rows it looks at the first six: they are made alike, and looking at fifty takes half a minute.</remarks>
    /// <param name="rules">Null for all.</param>
    public static async Task IsAxeCleanAsync(this IPage page, string[]? rules = null)
    {
        var result = await page
            .RunAxe(new AxeRunContext { Exclude = [new AxeSelector("tbody tr:nth-child(n+7)")] }, new AxeRunOptions { ResultTypes = [ResultType.Violations], RunOnly = rules is null ? null : RunOnlyOptions.Rules(rules) })
            .WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);

        Found.Nothing(result.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Id}: {violation.Help}\n  {node.Html}\n  {string.Join("; ", node.Any.Concat(node.All).Concat(node.None).Select(check => check.Message))}")));
    }

    /// <summary>Nothing sticks out to the side, so that nobody has to scroll in two directions, and nothing of a list's rows is cut off.</summary>
    public static async Task FitsItsWidthAsync(this IPage page)
    {
        var stickingOut = await page.EvaluateAsync<string[]>(
            """
            () => {
              const isOut = (element, right) => element.getBoundingClientRect().right > right + 1;
              const cut = [...document.querySelectorAll('.list-table tbody td, .list-table tbody td *')]
                .filter(element => isOut(element, element.closest('.list-table').getBoundingClientRect().right));
              const out = document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')].filter(element => isOut(element, innerWidth));
              return [...cut, ...out].map(element => element.outerHTML.slice(0, 160)).slice(0, 10);
            }
            """);

        Found.Nothing(stickingOut);
    }

    /// <summary>Keeps a picture for people to look at, when <c>BUATFILM_SCREENSHOTS=1</c>; in a folder that git ignores.</summary>
    public static async Task PictureAsync(this IPage page, string name, bool isWhole = false)
    {
        if (WantsPictures)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = SourceTree.PathOf(Path.Combine("artifacts", "screenshots", name + ".png")), FullPage = isWhole });
        }
    }
}
