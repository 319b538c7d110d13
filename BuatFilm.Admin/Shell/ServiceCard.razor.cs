using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Shell;

/// <summary>One external service at a glance.</summary>
public sealed partial class ServiceCard
{
    private string _titleId = "";

    [Parameter]
    [EditorRequired]
    public ExternalService Service { get; set; }

    [Parameter]
    [EditorRequired]
    public required ServiceStatus Status { get; set; }

    /// <summary>Since when a breaker that never changed has been as it is.</summary>
    [Parameter]
    [EditorRequired]
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>Where one sees more of it; null where that is nowhere, or not for this reader.</summary>
    [Parameter]
    public string? Href { get; set; }

    [Inject]
    public required IStringLocalizer<ShellTexts> Texts { get; init; }

    [Inject]
    public required IStringLocalizer<ComponentTexts> Names { get; init; }

    protected override void OnParametersSet() => _titleId = $"service-{Service}";
}
