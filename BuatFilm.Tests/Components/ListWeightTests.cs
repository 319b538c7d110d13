using BuatFilm.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging.Abstractions;

namespace BuatFilm.Tests.Components;

/// <summary>What an open list costs the server, without the connection: the components and what they have drawn.</summary>
/// <remarks>It weighs the whole process, so nothing else may come and go meanwhile.</remarks>
[Collection(QuietTests.Name)]
public sealed class ListWeightTests : ListContext
{
    private const int Pages = 40;

    [Fact]
    public async Task List_OfFiftyRows_WeighsLittle()
    {
        Shelf.Change(_ => [.. Enumerable.Range(1, 200).Select(DemoShelf.Make)]);
        Navigation.NavigateTo("demo-list");
        var renderers = new List<HtmlRenderer>();
        await RenderAsync(renderers, 3); // What is made once for all.

        var before = GC.GetTotalMemory(forceFullCollection: true);
        await RenderAsync(renderers, Pages);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Pages;

        TestContext.Current.TestOutputHelper?.WriteLine($"{each / 1024} KB a list");
        Assert.InRange(each, 1, 250 * 1024);
        foreach (var renderer in renderers)
        {
            await renderer.DisposeAsync();
        }
    }

    private async Task RenderAsync(List<HtmlRenderer> renderers, int count)
    {
        for (var page = 0; page < count; page++)
        {
            var renderer = new HtmlRenderer(Services, NullLoggerFactory.Instance);
            renderers.Add(renderer);
            await renderer.Dispatcher.InvokeAsync(() => renderer.RenderComponentAsync<DemoListPage>(ParameterView.FromDictionary(new Dictionary<string, object?> { ["Size"] = 50 })));
        }
    }
}
