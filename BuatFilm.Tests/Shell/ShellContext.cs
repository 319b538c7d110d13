using System.Globalization;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Shell;
using BuatFilm.Core.Breakers;
using BuatFilm.Tests.Components;
using BuatFilm.Tests.Live;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace BuatFilm.Tests.Shell;

/// <summary>Pages and components of the shell on a board and a ticker that the test feeds, in Indonesian, at 14.02.05 WIB, for an Admin.</summary>
public abstract class ShellContext : BunitContext
{
    private readonly CultureInfo _before = CultureInfo.CurrentUICulture;
    private readonly TaskCompletionSource _polling = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _mark;
    private bool _answers = true;

    // bUnit waits for a second, which a starved machine may need for one query.
    static ShellContext() => DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    /// <param name="more">What the page of a feature needs beside the shell's services.</param>
    protected ShellContext(Action<IServiceCollection>? more = null)
    {
        Speak("id");
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddLogging();
        Services.AddSingleton<TimeProvider>(Time);
        Services.AddSingleton(Boards.Node);
        Services.AddSingleton<ReadChangeMark>(AnswerAsync);
        Services.AddLive();
        Services.AddShellComponents();
        Services.AddSingleton(new MenuEntry(100, "/contributed", "", typeof(ShellTexts), "Outbox.Dead", IsExternal: true));
        Services.AddSingleton(new MenuBadge("/contributed", status => status.Services.Values.Count(service => service.Breaker == BreakerState.Open), "Badge.Breakers"));
        Services.AddSingleton(new DemoShelf());
        Reader = AddAuthorization();
        Reader.SetAuthorized("Rina");
        Reader.SetRoles(Roles.Admin);

        more?.Invoke(Services);

        // Last: from here on no service can be added.
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    protected FakeTimeProvider Time { get; } = new(Boards.Noon);

    /// <summary>Who looks at the page.</summary>
    protected BunitAuthorizationContext Reader { get; }

    protected StatusBoard Board => Services.GetRequiredService<StatusBoard>();

    protected ChangeTicker Ticker => Services.GetRequiredService<ChangeTicker>();

    /// <summary>False to have the database fall silent.</summary>
    protected bool DatabaseAnswers
    {
        set
        {
            _answers = value;
            _polling.TrySetResult();
        }
    }

    protected static void Speak(string culture) => CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);

    /// <summary>Publishes, and lets the time pass that the board keeps between two calls.</summary>
    protected void Publish(Func<StatusSnapshot, StatusSnapshot> change)
    {
        Board.Publish(change);
        Time.Advance(StatusBoard.Interval);
    }

    /// <summary>Somebody writes to the database. Before the first time no poll is answered, so nothing happens that a test does not start.</summary>
    protected void Write()
    {
        Interlocked.Increment(ref _mark);
        _polling.TrySetResult();
    }

    /// <summary>Lets time pass in small steps until it holds: nothing tells when a loop has reached its pause.</summary>
    protected void Until<T>(IRenderedComponent<T> component, Action assertion)
        where T : IComponent
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Time.Advance(StatusBoard.Interval);
            try
            {
                component.InvokeAsync(assertion).GetAwaiter().GetResult();
                return;
            }
            catch (Exception) when (TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20))
            {
                Thread.Sleep(5);
            }
        }
    }

    /// <summary>Lets the news of several polls pass, and does not know how to tell that nothing came of them.</summary>
    protected async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += StatusBoard.Interval)
        {
            Time.Advance(StatusBoard.Interval);
            await Task.Delay(5, Xunit.TestContext.Current.CancellationToken);
        }
    }

    private async Task<string> AnswerAsync(CancellationToken cancellationToken)
    {
        await _polling.Task.WaitAsync(cancellationToken);
        return _answers ? Interlocked.Read(ref _mark).ToString(CultureInfo.InvariantCulture) : throw new TimeoutException("The database is away.");
    }

    protected override void Dispose(bool disposing)
    {
        CultureInfo.CurrentUICulture = _before;
        base.Dispose(disposing);
    }
}
