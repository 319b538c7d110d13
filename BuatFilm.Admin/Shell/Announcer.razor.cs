using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Shell;

/// <summary>Tells people who listen to the page what has changed on it: levels and services, not every figure, and what pages have to say.</summary>
public sealed partial class Announcer
{
    private string _announcement = "";

    [Inject]
    public required Announcements Announcements { get; init; }

    [Inject]
    public required IStringLocalizer<ShellTexts> Texts { get; init; }

    [Inject]
    public required IStringLocalizer<ComponentTexts> Names { get; init; }

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Announcements.Said += OnSaid;
    }

    protected override void OnStatusChanged(StatusSnapshot previous)
    {
        var changes = new List<string>();
        if (previous.Degradation.Level != Status.Degradation.Level)
        {
            changes.Add(Texts["Announce.Level", Texts[$"Level.{Status.Degradation.Level}"].Value]);
        }

        foreach (var (service, status) in Status.Services)
        {
            if (previous[service].Breaker != status.Breaker)
            {
                changes.Add(Texts["Announce.Service", Names[$"Service.{service}"].Value, Names[$"State.{status.Breaker}"].Value]);
            }
        }

        // What was said stays until there is news; emptied, a slow reader would miss it.
        if (changes.Count > 0)
        {
            _announcement = string.Join(' ', changes);
        }
    }

    protected override void Dispose(bool disposing)
    {
        Announcements.Said -= OnSaid;
        base.Dispose(disposing);
    }

    private void OnSaid(string text) => _ = InvokeAsync(() =>
    {
        // Said twice, the same words would be no change, and so not be heard.
        _announcement = text == _announcement ? text + "\u00A0" : text;
        StateHasChanged();
    });
}
