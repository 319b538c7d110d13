using BuatFilm.Admin.Data;
using BuatFilm.Admin.Data.LocalPostgres;
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
          --environment Production                needs ConnectionStrings:BuatFilm, Midtrans:ServerKey,
                                                  Smtp:Host and Smtp:From; PRODUCTION.md has the rest
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
        || exception is LocalPostgresException or DatabaseStartException or OptionsValidationException or NpgsqlException
        || (exception is InvalidOperationException && exception.Message.Contains(':', StringComparison.Ordinal) && exception.StackTrace?.Contains(nameof(BuatFilm), StringComparison.Ordinal) == true)
        || exception is IOException { InnerException: System.Net.Sockets.SocketException or Microsoft.AspNetCore.Connections.AddressInUseException };

    /// <summary>What to say about such a failure; a line for each setting that is missing or wrong.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        AggregateException several => string.Join(Environment.NewLine, several.InnerExceptions.Select(Describe)),
        OptionsValidationException settings => string.Join(
            Environment.NewLine,
            settings.Failures.Select(mistake => $"  - {mistake}")
                .Prepend("BuatFilm.Admin does not start, because settings are missing or wrong:")
                .Append("Settings are options (--Midtrans:ServerKey TEXT), environment variables (Midtrans__ServerKey) or lines of appsettings.<Environment>.json; appsettings.Example.json explains each.")),
        _ => $"BuatFilm.Admin does not start. {exception.Message}",
    };
}
