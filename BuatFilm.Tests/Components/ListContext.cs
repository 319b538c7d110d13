using AngleSharp.Dom;
using BuatFilm.Tests.Shell;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Components;

/// <summary>The demo list on a shelf that the test fills.</summary>
public abstract class ListContext : ShellContext
{
    protected DemoShelf Shelf => Services.GetRequiredService<DemoShelf>();

    protected NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    protected string Address => "/" + Navigation.ToBaseRelativePath(Navigation.Uri);

    protected IRenderedComponent<DemoListPage> RenderList(int rows, string address = "demo-list", int size = 10, Action<ComponentParameterCollectionBuilder<DemoListPage>>? more = null)
    {
        Shelf.Change(_ => [.. Enumerable.Range(1, rows).Select(DemoShelf.Make)]);
        return OpenList(address, size, more);
    }

    protected IRenderedComponent<DemoListPage> OpenList(string address = "demo-list", int size = 10, Action<ComponentParameterCollectionBuilder<DemoListPage>>? more = null)
    {
        Navigation.NavigateTo(address);
        return Render<DemoListPage>(parameters =>
        {
            parameters.Add(page => page.Size, size);
            more?.Invoke(parameters);
        });
    }

    protected static IReadOnlyList<string> Keys(IRenderedComponent<DemoListPage> page) =>
        [.. page.FindAll("tbody tr[data-key]").Select(row => row.GetAttribute("data-key")!)];

    protected static string? State(IRenderedComponent<DemoListPage> page) => page.FindAll("[data-state]").Select(notice => notice.GetAttribute("data-state")).SingleOrDefault();

    protected static IElement Row(IRenderedComponent<DemoListPage> page, string key) => page.Find($"tr[data-key={key}]");

    /// <summary>As a click on a link does.</summary>
    protected void Follow(IRenderedComponent<DemoListPage> page, string selector) => Navigation.NavigateTo(page.Find(selector).GetAttribute("href")!);

    protected static IReadOnlyList<string> Orders(int from, int to) =>
        [.. Enumerable.Range(Math.Min(from, to), Math.Abs(from - to) + 1).OrderByDescending(id => id).Select(id => DemoShelf.Make(id).OrderId)];
}
