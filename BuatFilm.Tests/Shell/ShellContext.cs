using System.Globalization;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Shell;
using BuatFilm.Tests.Live;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace BuatFilm.Tests.Shell;

/// <summary>Pages and components of the shell on a board that the test feeds, in Indonesian, at 14.02.05 WIB.</summary>
public abstract class ShellContext : BunitContext
{
    private readonly CultureInfo _before = CultureInfo.CurrentUICulture;

    protected ShellContext()
    {
        Speak("id");
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddLogging();
        Services.AddSingleton<TimeProvider>(Time);
        Services.AddSingleton(Boards.Node);
        Services.AddLive();
        Services.AddShellComponents();
        Services.AddSingleton(new MenuEntry(100, "/dead-letters", "", typeof(ShellTexts), "Outbox.Dead"));

        // Last: from here on no service can be added.
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    protected FakeTimeProvider Time { get; } = new(Boards.Noon);

    protected StatusBoard Board => Services.GetRequiredService<StatusBoard>();

    protected static void Speak(string culture) => CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);

    /// <summary>Publishes, and lets the time pass that the board keeps between two calls.</summary>
    protected void Publish(Func<StatusSnapshot, StatusSnapshot> change)
    {
        Board.Publish(change);
        Time.Advance(StatusBoard.Interval);
    }

    protected override void Dispose(bool disposing)
    {
        CultureInfo.CurrentUICulture = _before;
        base.Dispose(disposing);
    }
}
