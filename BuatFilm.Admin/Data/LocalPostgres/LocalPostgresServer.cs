using System.ComponentModel;

namespace BuatFilm.Admin.Data.LocalPostgres;

/// <summary>
/// A PostgreSQL server of our own, so that the app runs on a machine where nobody has set one up.
/// </summary>
/// <remarks>
/// <para>
/// Everybody who starts one on the same data folder gets the same server, other processes too. The last one out stops it.
/// Each user holds a lock file that the kernel frees when its process dies, so a killed one does not count.
/// </para>
/// <para>
/// The server is not our child and survives our death. The next start finds it, logs in and goes on with it.
/// </para>
/// </remarks>
internal sealed class LocalPostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan LongestWaitToStop = TimeSpan.FromSeconds(10);

    private readonly DataFolder _folder;
    private readonly PostgresCluster _cluster;
    private readonly FileLock _user;
    private readonly Action<string> _report;
    private readonly TimeProvider _time;
    private bool _isGone;

    private LocalPostgresServer(
        DataFolder folder,
        PostgresCluster cluster,
        FileLock user,
        string connectionString,
        Action<string> report,
        TimeProvider time)
    {
        _folder = folder;
        _cluster = cluster;
        _user = user;
        ConnectionString = connectionString;
        _report = report;
        _time = time;
    }

    /// <summary>Leads to the database <c>buatfilm</c>, as its superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>The folder that holds the data, one level down for each major version.</summary>
    public string DataDirectory => _folder.Root;

    /// <summary>Joins the server of this data folder, or starts it; finds or fetches the programs if need be.</summary>
    /// <param name="contentRoot">The app's folder. Two checkouts have two servers.</param>
    /// <param name="report">Gets one English line for every step that a person may wonder about.</param>
    /// <exception cref="LocalPostgresException">It cannot be had; the message says what to do.</exception>
    public static async Task<LocalPostgresServer> StartAsync(
        LocalPostgresOptions options,
        string contentRoot,
        LocalPostgresMode mode,
        Action<string> report,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new LocalPostgresException(
                "The embedded PostgreSQL is for Linux and macOS. On Windows, name a PostgreSQL that runs in ConnectionStrings:BuatFilm.");
        }

        var folder = DataFolder.For(options, contentRoot);
        folder.Create();

        try
        {
            using var turn = await FileLock.TakeAsync(
                folder.TurnFile,
                () => report($"Another process is starting or stopping PostgreSQL in {folder.Root}; waiting for it."),
                time,
                cancellationToken);

            var programs = await FindProgramsAsync(options, folder, contentRoot, report, time, cancellationToken);
            var cluster = new PostgresCluster(folder.FolderOf(programs.Major), programs, RunUser.Find(), mode, report, time);
            await cluster.CreateFolderAsync();

            var user = cluster.RegisterUser();
            try
            {
                var connectionString = await cluster.JoinOrStartAsync(cancellationToken);
                return new LocalPostgresServer(folder, cluster, user, connectionString, report, time);
            }
            catch
            {
                await LeaveAsync(cluster, user);
                throw;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or Win32Exception)
        {
            throw new LocalPostgresException($"PostgreSQL could not be started in {folder.Root}: {failure.Message}", failure);
        }
    }

    /// <summary>Leaves the server, and stops it when nobody else is using it. Takes a second, at worst half a minute.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isGone)
        {
            return;
        }

        _isGone = true;
        using var patience = new CancellationTokenSource(LongestWaitToStop, _time);
        try
        {
            using var turn = await FileLock.TakeAsync(_folder.TurnFile, () => { }, _time, patience.Token);
            await LeaveAsync(_cluster, _user);
        }
        catch (OperationCanceledException)
        {
            // Whoever is starting one here will be its user, and the last one out.
            _report("Another process is starting PostgreSQL; leaving it running.");
            _user.Dispose();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or Win32Exception)
        {
            // For instance, somebody removed the folder. The end of the app is no time to fail.
            _report($"PostgreSQL could not be stopped: {failure.Message}");
            _user.Dispose();
        }
    }

    /// <summary>Goes as a killed process goes: the locks are free, the server still runs. For tests.</summary>
    internal void Abandon()
    {
        _isGone = true;
        _user.Dispose();
    }

    private static async Task LeaveAsync(PostgresCluster cluster, FileLock user)
    {
        user.Dispose();
        if (!cluster.HasUsers())
        {
            await cluster.StopAsync();
        }
    }

    private static async Task<PostgresPrograms> FindProgramsAsync(
        LocalPostgresOptions options,
        DataFolder folder,
        string contentRoot,
        Action<string> report,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var machine = Machine.AsSeenBy(RunUser.Find());
        if (!string.IsNullOrWhiteSpace(options.BinDirectory))
        {
            return await PostgresPrograms.InNamedFolderAsync(Path.GetFullPath(options.BinDirectory, contentRoot), machine);
        }

        var majorsWithData = folder.MajorsWithData();
        var found = await PostgresPrograms.FindAllAsync(folder.ProgramsFolder, machine);
        if (found.Count == 0)
        {
            await new ProgramFetch(folder.ProgramsFolder, machine, report, time).RunAsync(cancellationToken);
            found = await PostgresPrograms.FindAllAsync(folder.ProgramsFolder, Machine.AsSeenBy(RunUser.Find()));
        }

        var chosen = PostgresPrograms.Choose(found, majorsWithData)
            ?? throw ProgramFetch.NothingWorked(["a package manager installed them, but they are in none of the known folders"]);

        if (majorsWithData.Count > 0 && !majorsWithData.Contains(chosen.Major))
        {
            report(
                $"The data in {folder.Root} is of PostgreSQL {string.Join(", ", majorsWithData.Order())}, whose programs are gone; "
                + $"PostgreSQL {chosen.Major} begins with an empty database beside it.");
        }
        else if (found.Any(programs => !programs.IsFetched && programs.Major > chosen.Major))
        {
            report($"PostgreSQL {chosen.Major} is used although a newer one is installed, because the data in {folder.Root} is of that version.");
        }

        return chosen;
    }
}
