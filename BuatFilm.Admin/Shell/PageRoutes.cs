using System.Reflection;
using Microsoft.AspNetCore.Components;

namespace BuatFilm.Admin.Shell;

/// <summary>The addresses of the pages that exist, so that nothing leads to one that does not.</summary>
public sealed class PageRoutes
{
    private readonly HashSet<string> _templates;

    public PageRoutes(IEnumerable<PageAssembly> more)
    {
        ArgumentNullException.ThrowIfNull(more);

        More = [.. more.Select(page => page.Assembly)];
        _templates = More.Prepend(typeof(PageRoutes).Assembly)
            .SelectMany(assembly => assembly.GetExportedTypes())
            .SelectMany(type => type.GetCustomAttributes<RouteAttribute>())
            .Select(route => route.Template)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The assemblies beside the app's own.</summary>
    public IReadOnlyList<Assembly> More { get; }

    /// <summary>True when a page has this address; one with parameters, such as <c>/orders/{orderId}</c>, by its template.</summary>
    public bool Has(string template) => _templates.Contains(template);
}
