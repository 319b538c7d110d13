using BuatFilm.Admin.Features.Accounts;
using BuatFilm.Admin.Features.ApiKeys;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Shell;

/// <summary>What every page with a list says when it has nothing to show, for reasons of its own.</summary>
public sealed class ListPageStateTests : FeaturePages
{
    /// <summary>What these need is not here; <c>Browser/AccountPageTests</c> has them.</summary>
    private static readonly Type[] Elsewhere = [typeof(UsersPage), typeof(ApiKeysPage)];

    private static readonly Dictionary<string, Type> Pages = typeof(Program).Assembly.GetTypes()
        .Where(type => type.IsDefined(typeof(RouteAttribute), inherit: false) && HasList(type))
        .Except(Elsewhere)
        .ToDictionary(type => RouteOf(type), StringComparer.Ordinal);

    public static TheoryData<string> Routes => [.. Pages.Keys.Where(route => !route.Contains('{', StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Fact]
    public void Pages_AreFound() => Assert.True(Routes.Count >= 11, $"Only {Routes.Count} pages with a list were found.");

    [Theory]
    [MemberData(nameof(Routes))]
    public void List_WhileTheDatabaseIsAway_SaysSo(string route)
    {
        TakeTheDatabaseAway();

        var page = Open(route);

        page.WaitForAssertion(() => Assert.Single(page.FindAll(".list [data-state=failed]")));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public void List_ForWhoMayNotSeeIt_ShowsNothing(string route)
    {
        Reader.SetRoles("Nobody");

        var page = Open(route);

        page.WaitForAssertion(() => Assert.Single(page.FindAll(".list [data-state=denied]")));
        Assert.Empty(page.FindAll("tbody tr[data-key]"));
    }

    private IRenderedComponent<IComponent> Open(string route)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(route);
        return Render(builder =>
        {
            builder.OpenComponent(0, Pages[route]);
            builder.CloseComponent();
        });
    }

    private static string RouteOf(Type page) => ((RouteAttribute)page.GetCustomAttributes(typeof(RouteAttribute), inherit: false)[0]).Template;

    private static bool HasList(Type page) =>
        SourceTree.Files("BuatFilm.Admin", "*.razor").Any(path => Path.GetFileNameWithoutExtension(path) == page.Name && File.ReadAllText(path).Contains("<PagedList ", StringComparison.Ordinal));
}
