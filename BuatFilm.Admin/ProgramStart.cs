using System.Runtime.InteropServices;
using BuatFilm.Admin.Data;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin;

/// <summary>The time until the app runs: a wish to stop is heard from the first line on, and a failure is left for the program to say.</summary>
/// <remarks>The host listens for signals only while it runs. Before, one would end the process and leave the embedded database running.</remarks>
internal sealed class ProgramStart : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _signals;
    private volatile bool _isUp;

    public ProgramStart()
    {
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop)];
    }

    /// <summary>Runs the program, unless only its options are asked for, and says on the console what keeps it from starting.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, Func<ProgramStart, Task> program)
    {
        if (CommandLine.PrintsHelp(args))
        {
            return 0;
        }

        using var start = new ProgramStart();
        try
        {
            await program(start);
            return 0;
        }
        catch (OperationCanceledException) when (start.Stopping.IsCancellationRequested)
        {
            return 0; // Asked to stop before it ran.
        }
        catch (Exception exception) when (CommandLine.IsForPeople(exception))
        {
            // A wrong setting or a missing program: the sentence helps, a stack does not.
            await Console.Error.WriteLineAsync(CommandLine.Describe(exception));
            return 1;
        }
    }

    /// <summary>Cancelled once somebody has asked the program to stop.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Keeps what the host and the web server log about a failed start, which is a stack, out of the log.</summary>
    public void LeaveFailuresToTheProgram(ILoggingBuilder logging)
    {
        foreach (var category in new[] { "Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel" })
        {
            logging.AddFilter(category, level => level >= LogLevel.Warning && _isUp);
        }
    }

    /// <summary>Runs the app until somebody asks it to stop.</summary>
    /// <exception cref="OperationCanceledException">Somebody did before it ran.</exception>
    /// <exception cref="OptionsValidationException">A setting is wrong.</exception>
    /// <exception cref="AggregateException">Settings of several sections are.</exception>
    public async Task RunAsync(WebApplication app)
    {
        // The host would first make the services, of which the first to meet a wrong setting hides the others.
        app.Services.GetService<IStartupValidator>()?.Validate();

        await using var up = app.Lifetime.ApplicationStarted.Register(() => _isUp = true);
        try
        {
            await app.StartAsync(Stopping);
        }
        catch
        {
            // What runs already ends before the database that it asks does; the host would only drop it.
            await app.StopAsync(CancellationToken.None);
            throw;
        }

        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var asked = app.Lifetime.ApplicationStopping.Register(stop.SetResult);
        await using var signalled = Stopping.Register(app.Lifetime.StopApplication);
        await stop.Task;
        CommandLine.Report("Stopping: what is under way is finished, the rest waits in the database for the next start.");
        await app.StopAsync(CancellationToken.None).TellAsync("Still stopping, it takes 30 s at the most", CommandLine.Report, TimeProvider.System);
    }

    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }

        _stop.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        _stop.Cancel();
    }
}
