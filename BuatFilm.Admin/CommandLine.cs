using BuatFilm.Admin.Data.LocalPostgres;
using BuatFilm.Admin.Features.Accounts;
using BuatFilm.Admin.Sandbox;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuatFilm.Admin;

/// <summary>What the program says to whoever started it.</summary>
internal static class CommandLine
{
    private const string Help = """
        BuatFilm.Admin: payments, messages and operations of the shop.

          dotnet run --project BuatFilm.Admin [-- OPTIONS]

        Every setting of appsettings.Example.json is an option, with ':' between its parts:

          --urls http://127.0.0.1:5080            where to listen
          --ConnectionStrings:BuatFilm TEXT       a PostgreSQL of yours; without one an embedded PostgreSQL is started
          --LocalPostgres:DataDirectory FOLDER    where the embedded one keeps its data
          --LocalPostgres:BinDirectory FOLDER     where initdb, pg_ctl and postgres are
          --Sandbox:Enabled false                 no stand-ins for Midtrans, the mail server and WhatsApp
          --Sandbox:DataDirectory FOLDER          where the stand-ins keep their data
          --Setup:AdminEmail TEXT                 the first Admin, together with --Setup:AdminPassword TEXT; without, a link is printed
          --environment Production                needs ConnectionStrings:BuatFilm, Midtrans:ServerKey and Smtp:Host
          --help                                  this text

        Environment variables do the same, with '__' for ':', such as Midtrans__ServerKey.
        """;

    /// <summary>Prints the options when they are asked for.</summary>
    public static bool PrintsHelp(string[] args)
    {
        if (!args.Any(argument => argument is "--help" or "-h" or "-?"))
        {
            return false;
        }

        Console.WriteLine(Help);
        return true;
    }

    /// <summary>One line about something that takes a while.</summary>
    public static void Report(string line) => Console.WriteLine(line);

    /// <summary>True for failures that the reader of the console can mend by what their message says.</summary>
    public static bool IsForPeople(Exception exception) =>
        (exception is AggregateException several && several.InnerExceptions.All(IsForPeople))
        || exception is LocalPostgresException or OptionsValidationException or NpgsqlException
        || (exception is InvalidOperationException && exception.Message.Contains(':', StringComparison.Ordinal) && exception.StackTrace?.Contains(nameof(BuatFilm), StringComparison.Ordinal) == true)
        || exception is IOException { InnerException: System.Net.Sockets.SocketException or Microsoft.AspNetCore.Connections.AddressInUseException };

    /// <summary>What to say about such a failure; one line for each of several wrong sections.</summary>
    public static string Describe(Exception exception) => exception is AggregateException several
        ? string.Join(Environment.NewLine, several.InnerExceptions.Select(Describe))
        : exception.Message;

    /// <summary>Says what runs where, once it does.</summary>
    public static void PrintAddresses(this WebApplication app, SandboxHost? sandbox, LocalPostgresServer? postgres) => app.Lifetime.ApplicationStarted.Register(() =>
    {
        var address = app.Urls.FirstOrDefault() ?? "http://127.0.0.1";
        var lines = new List<string>
        {
            string.Empty,
            "BuatFilm.Admin is ready.",
            $"  Console           {address}/",
            $"  Storefront API    {address}/docs",
            $"  Jobs              {address}/jobs",
        };

        if (app.Services.GetRequiredService<PrepareSetup>().LinkAt(address) is { } setup)
        {
            lines.Add($"  Set-up            {setup}");
            lines.Add("                    makes the first Admin; it works once");
        }

        if (sandbox is not null)
        {
            lines.AddRange(sandbox.Describe(address));
        }

        if (postgres is not null)
        {
            lines.Add($"  PostgreSQL        embedded, data in {postgres.DataDirectory}");
        }

        lines.Add("Stop with Ctrl+C.");
        Console.WriteLine(string.Join(Environment.NewLine, lines));
    });
}
