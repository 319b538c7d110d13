namespace BuatFilm.Admin.Data;

/// <summary>The name under which this run holds leases.</summary>
/// <remarks>
/// It lives as long as the database session behind it: when that session is lost, others may have released this
/// run's leases already, so it takes a new name, and starts nothing in between.
/// </remarks>
internal sealed class LeaseHolder
{
    private readonly Lock _lock = new();
    private Guid? _id;

    /// <summary>Null while this run has no session: claim nothing.</summary>
    public Guid? Current
    {
        get
        {
            lock (_lock)
            {
                return _id;
            }
        }
    }

    public void Take(Guid id)
    {
        lock (_lock)
        {
            _id = id;
        }
    }

    public void Lose()
    {
        lock (_lock)
        {
            _id = null;
        }
    }
}

/// <summary>Work that is held under a lease by a node, and is free again the moment the node is known dead.</summary>
internal interface ILeasedWork
{
    /// <summary>Frees what a dead node held.</summary>
    /// <returns>How much was freed.</returns>
    Task<int> ReleaseAsync(Guid deadNode, CancellationToken cancellationToken);
}
