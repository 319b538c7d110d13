namespace BuatFilm.Admin.Data.LocalPostgres;

/// <summary>A file that one holder at a time has open. The kernel lets go of it when the holder dies, however it dies.</summary>
internal sealed class FileLock : IDisposable
{
    // EWOULDBLOCK of Linux and of macOS: what flock answers when somebody else holds the lock.
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMacOS = 35;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(25);

    private readonly FileStream _stream;

    private FileLock(FileStream stream) => _stream = stream;

    public string Path => _stream.Name;

    /// <summary>Takes the lock, or answers null when another holder has it.</summary>
    /// <exception cref="IOException">The file cannot be opened for another reason.</exception>
    public static FileLock? TryTake(string path)
    {
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException failure) when (failure.HResult is WouldBlockOnLinux or WouldBlockOnMacOS)
        {
            return null;
        }
    }

    /// <summary>Waits until the lock is free and takes it.</summary>
    /// <param name="onWaiting">Called once, when the lock is not free at once.</param>
    public static async Task<FileLock> TakeAsync(
        string path,
        Action onWaiting,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        for (var isFirstTry = true; ; isFirstTry = false)
        {
            if (TryTake(path) is { } taken)
            {
                return taken;
            }

            if (isFirstTry)
            {
                onWaiting();
            }

            await Task.Delay(RetryAfter, time, cancellationToken);
        }
    }

    public void Dispose() => _stream.Dispose();
}
