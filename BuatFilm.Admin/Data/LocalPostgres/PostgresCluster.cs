using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace BuatFilm.Admin.Data.LocalPostgres;

/// <summary>The data of one major version, and the server on it.</summary>
/// <param name="folder">Holds <c>data</c>, the password, the log and <c>users</c>; belongs to <paramref name="user"/>.</param>
/// <remarks>
/// Only to be used while holding <see cref="DataFolder.TurnFile"/>: then nobody else makes, starts or stops the same server.
/// </remarks>
internal sealed class PostgresCluster(
    string folder,
    PostgresPrograms programs,
    RunUser user,
    LocalPostgresMode mode,
    Action<string> report,
    TimeProvider time)
{
    public const string Database = "buatfilm";

    private const string Superuser = "buatfilm";
    private const int StartTries = 3;

    private static readonly TimeSpan LongestRecovery = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(100);

    // Messages are in English because initdb is given the locale C.
    private static readonly string[] PassingTroubles =
    [
        "could not bind", // Somebody else took the port between finding it free and using it.
        "shared memory block", // The last server was killed and its processes are still going.
    ];

    private string Data => Path.Combine(folder, "data");

    private string Log => Path.Combine(folder, "postgresql.log");

    private string PasswordFile => Path.Combine(folder, "password");

    private string Users => Path.Combine(folder, "users");

    /// <summary>Makes the folder and gives it to the user that PostgreSQL runs as.</summary>
    /// <exception cref="LocalPostgresException">That user cannot reach the folder.</exception>
    public async Task CreateFolderAsync()
    {
        Directory.CreateDirectory(folder);
        UnixRights.Set(folder, UnixRights.OwnerFolder);
        Directory.CreateDirectory(Users);
        user.OwnOne(folder);

        try
        {
            await RunAsync(programs.PgCtl, ["--version"]);
        }
        catch (Win32Exception failure)
        {
            throw new LocalPostgresException(
                $"PostgreSQL refuses to run as root and would run as the user {user.Name}, who may not enter {folder}: "
                + "a folder above it is closed to other users. "
                + $"Name a folder that everybody may pass through in {DataFolder.Setting} (for example one in /var/lib), "
                + "open the closed folder with chmod o+x, or run the app as an ordinary user.",
                failure);
        }
    }

    /// <summary>Notes that somebody uses the server, until the lock is let go of or its process dies.</summary>
    public FileLock RegisterUser() =>
        FileLock.TryTake(Path.Combine(Users, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Guid.NewGuid():N}.lock")))!;

    /// <summary>True while a living process uses the server. The marks of dead ones are cleared away.</summary>
    public bool HasUsers()
    {
        foreach (var file in Directory.GetFiles(Users))
        {
            using var abandoned = FileLock.TryTake(file);
            if (abandoned is null)
            {
                return true;
            }

            File.Delete(file);
        }

        return false;
    }

    /// <summary>Joins the server that runs here, else starts one, on new data if there is none.</summary>
    /// <returns>The connection string of the app's database, which exists.</returns>
    /// <exception cref="LocalPostgresException">The data could not be made, or the server not started.</exception>
    public async Task<string> JoinOrStartAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Data))
        {
            await MakeDataAsync();
        }

        if (await JoinAsync(cancellationToken) is not { } port)
        {
            port = await StartAsync(cancellationToken);
        }

        await MakeDatabaseAsync(port, cancellationToken);
        return ConnectionString(port, Database);
    }

    /// <summary>Stops the server, if one runs here. Its clients are cut off.</summary>
    public async Task StopAsync()
    {
        if (PostmasterFile.TryRead(Data) is not { } server || !await server.IsServingAsync(Data))
        {
            return;
        }

        var stopped = await PgCtlAsync("stop", "-w", "-m", "fast", "-t", "15").TellAsync("Still stopping PostgreSQL", report, time);
        if (!stopped.Succeeded && await server.IsServingAsync(Data))
        {
            // As after a power cut: nothing committed is lost, but the next start has to recover.
            stopped = await PgCtlAsync("stop", "-w", "-m", "immediate", "-t", "10");
        }

        report(stopped.Succeeded ? "Stopped PostgreSQL." : $"PostgreSQL could not be stopped: {stopped.Output}");
    }

    private async Task MakeDataAsync()
    {
        report($"Creating an empty PostgreSQL {programs.Major} in {Data}.");

        WritePassword();

        // A first attempt that was cut short must not pass for data, so it gets its name at the end.
        var unfinished = Data + ".unfinished";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        var made = await RunAsync(
            programs.InitDb,
            [
                $"--pgdata={unfinished}", $"--username={Superuser}", $"--pwfile={PasswordFile}", "--auth=scram-sha-256",
                "--encoding=UTF8", .. Locale(), "--no-instructions", .. mode == LocalPostgresMode.Throwaway ? ["--no-sync"] : (string[])[],
            ]).TellAsync("Still creating it", report, time);

        if (!made.Succeeded)
        {
            throw new LocalPostgresException($"{programs.InitDb} could not create {unfinished}: {made.Output}");
        }

        Directory.Move(unfinished, Data);
    }

    // Sorted by code point and knowing every script's letters, on every machine. PostgreSQL has that built in from 17;
    // before, it asks the C library, where C.UTF-8 is a matter of course on Linux only.
    private string[] Locale()
    {
        if (programs.Major >= 17)
        {
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
        }

        return OperatingSystem.IsMacOS() ? ["--locale=C"] : ["--locale=C.UTF-8"];
    }

    private void WritePassword()
    {
        // First closed, then written.
        File.WriteAllText(PasswordFile, "");
        UnixRights.Set(PasswordFile, UnixRights.OwnerFile);
        File.WriteAllText(PasswordFile, RandomNumberGenerator.GetHexString(32, lowercase: true));
        user.OwnOne(PasswordFile);
    }

    // A killed app leaves its server running. Another process of ours may also have started one a moment ago.
    private async Task<int?> JoinAsync(CancellationToken cancellationToken)
    {
        var giveUpAfter = time.GetTimestamp();

        while (PostmasterFile.TryRead(Data) is { } server && await server.IsServingAsync(Data))
        {
            try
            {
                await using var connection = await OpenAsync(server.Port, "postgres", cancellationToken);
                await using var command = new NpgsqlCommand("SELECT current_setting('data_directory')", connection);
                if (await command.ExecuteScalarAsync(cancellationToken) is string)
                {
                    report($"Using the PostgreSQL {programs.Major} that already runs on port {server.Port}, data in {Data}.");
                    return server.Port;
                }
            }
            catch (NpgsqlException failure)
            {
                var isStarting = failure is not PostgresException || failure.SqlState == PostgresErrorCodes.CannotConnectNow;
                if (!isStarting || time.GetElapsedTime(giveUpAfter) > LongestRecovery)
                {
                    report($"The PostgreSQL on port {server.Port} does not let us in ({failure.Message}); replacing it.");
                    await StopAsync();
                    return null;
                }
            }

            await Task.Delay(PollEvery, time, cancellationToken);
        }

        // Its server is dead. Left here, the file could name a living process of somebody else, and the start would fail.
        File.Delete(Path.Combine(Data, "postmaster.pid"));
        return null;
    }

    private async Task<int> StartAsync(CancellationToken cancellationToken)
    {
        user.Own(Data);

        for (var attempt = 1; ; attempt++)
        {
            var port = FindFreePort();
            report($"Starting PostgreSQL {programs.Major} from {programs.BinDirectory} on port {port}, data in {Data}.");

            // So that the log ends with what this start said, and does not grow for ever.
            if (File.Exists(Log))
            {
                File.Move(Log, Log + ".previous", overwrite: true);
            }

            var started = await PgCtlAsync("start", "-w", "-t", "60", "-s", "-l", Log, "-o", ServerOptions(port)).TellAsync("Still starting", report, time);
            if (started.Succeeded)
            {
                return port;
            }

            var log = File.Exists(Log) ? string.Join('\n', (await File.ReadAllLinesAsync(Log, cancellationToken)).TakeLast(15)) : "";
            if (attempt == StartTries || !PassingTroubles.Any(trouble => log.Contains(trouble, StringComparison.Ordinal)))
            {
                throw new LocalPostgresException($"PostgreSQL did not start: {started.Output}\nThe end of {Log}:\n{log}");
            }

            await Task.Delay(attempt * TimeSpan.FromMilliseconds(500), time, cancellationToken);
        }
    }

    private string ServerOptions(int port)
    {
        var options = string.Create(
            CultureInfo.InvariantCulture,
            $"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c max_connections=200");

        return mode switch
        {
            LocalPostgresMode.Durable => options,
            LocalPostgresMode.Throwaway => options + " -c fsync=off -c synchronous_commit=off -c full_page_writes=off",
        };
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task MakeDatabaseAsync(int port, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(port, "postgres", cancellationToken);
        await using var exists = new NpgsqlCommand($"SELECT 1 FROM pg_database WHERE datname = '{Database}'", connection);
        if (await exists.ExecuteScalarAsync(cancellationToken) is null)
        {
            await using var create = new NpgsqlCommand($"CREATE DATABASE {Database}", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private async Task<NpgsqlConnection> OpenAsync(int port, string database, CancellationToken cancellationToken)
    {
        var withoutPool = new NpgsqlConnectionStringBuilder(ConnectionString(port, database)) { Pooling = false };
        var connection = new NpgsqlConnection(withoutPool.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private string ConnectionString(int port, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Database = database,
        Username = Superuser,
        Password = File.ReadAllText(PasswordFile),
        SslMode = SslMode.Disable, // Loopback; asking for it costs a round trip.
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    private Task<CommandResult> PgCtlAsync(string action, params string[] arguments) =>
        RunAsync(programs.PgCtl, [action, "-D", Data, .. arguments]);

    // Never cancelled: each of these ends by itself soon, and half a start is worse than a late one.
    private Task<CommandResult> RunAsync(string program, IReadOnlyList<string> arguments) =>
        new Command(program, arguments)
        {
            UserName = user.Name,
            WorkingDirectory = folder,

            // Without a locale it knows, PostgreSQL does not start on macOS.
            Environment = new Dictionary<string, string> { ["LC_ALL"] = "C", ["TZ"] = "UTC" },
        }.RunAsync(CancellationToken.None);
}
