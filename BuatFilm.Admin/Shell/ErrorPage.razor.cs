using System.Diagnostics;
using Microsoft.AspNetCore.Components;

namespace BuatFilm.Admin.Shell;

/// <summary>Shown when a page failed on the server. It tells the number to look for in the log, nothing of the failure.</summary>
public sealed partial class ErrorPage
{
    private string? _traceId;

    [CascadingParameter]
    public HttpContext? HttpContext { get; set; }

    protected override void OnInitialized() =>
        _traceId = Activity.Current?.TraceId.ToString() ?? HttpContext?.TraceIdentifier;
}
