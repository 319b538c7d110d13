namespace BuatFilm.Admin.Live;

/// <summary>Which run of which process this is.</summary>
/// <param name="Id">A new one at every start; leases and rows name it.</param>
/// <param name="MachineName">For people; several nodes may share it.</param>
/// <param name="StartedAt">When the process began to compose itself.</param>
public sealed record NodeIdentity(Guid Id, string MachineName, DateTimeOffset StartedAt)
{
    public static NodeIdentity OfThisProcess(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);

        var now = time.GetUtcNow();
        return new NodeIdentity(Guid.CreateVersion7(now), Environment.MachineName, now);
    }
}
