namespace BuatFilm.Admin.Integrations.Smtp;

/// <summary>Connections that wait for the next message: most deliveries then cost no handshake and no sign-in.</summary>
/// <remarks>
/// Idle ones are closed after <see cref="MaxIdle"/>, which is shorter than servers wait. Nothing is sent to find out
/// whether one still lives: a glance at its socket, and one fresh connection when that was wrong.
/// </remarks>
internal sealed class SmtpConnectionPool : IAsyncDisposable, IDisposable
{
    public static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private readonly Stack<SmtpConnection> _idle = new();
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;
    private bool _disposed;

    public SmtpConnectionPool(TimeProvider time)
    {
        _time = time;
        _sweep = time.CreateTimer(_ => _ = CloseAsync(Expired()), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Connections that wait.</summary>
    public int IdleCount
    {
        get
        {
            lock (_lock)
            {
                return _idle.Count;
            }
        }
    }

    /// <returns>The one used last, or null when none is fit.</returns>
    public SmtpConnection? TryTake()
    {
        while (true)
        {
            SmtpConnection? connection;
            lock (_lock)
            {
                if (!_idle.TryPop(out connection))
                {
                    return null;
                }
            }

            if (!connection.IsStale && !HasExpired(connection))
            {
                return connection;
            }

            connection.Dispose();
        }
    }

    /// <summary>Keeps the connection for the next message, or closes it when it is not fit for one.</summary>
    public void Return(SmtpConnection connection)
    {
        if (connection.IsUsable)
        {
            connection.IdleSince = _time.GetUtcNow();
            lock (_lock)
            {
                if (!_disposed)
                {
                    _idle.Push(connection);

                    // Armed once for all that wait: moved at each return, it would never come while mail flows.
                    if (_idle.Count == 1)
                    {
                        _sweep.Change(MaxIdle, Timeout.InfiniteTimeSpan);
                    }

                    return;
                }
            }
        }

        connection.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        var rest = TakeAllForGood();
        await _sweep.DisposeAsync();
        await CloseAsync(rest);
    }

    public void Dispose()
    {
        foreach (var connection in TakeAllForGood())
        {
            connection.Dispose();
        }

        _sweep.Dispose();
    }

    private static Task CloseAsync(IEnumerable<SmtpConnection> connections) => Task.WhenAll(connections.Select(connection => connection.CloseAsync()));

    private bool HasExpired(SmtpConnection connection) => _time.GetUtcNow() - connection.IdleSince >= MaxIdle;

    private SmtpConnection[] TakeAllForGood()
    {
        lock (_lock)
        {
            _disposed = true;
            SmtpConnection[] rest = [.. _idle];
            _idle.Clear();
            return rest;
        }
    }

    private SmtpConnection[] Expired()
    {
        lock (_lock)
        {
            var all = _idle.ToArray();
            var expired = all.Where(HasExpired).ToArray();
            _idle.Clear();

            // An array of a stack begins at its top.
            foreach (var connection in all.Except(expired).Reverse())
            {
                _idle.Push(connection);
            }

            if (_idle.Count > 0)
            {
                var oldest = _idle.Min(connection => connection.IdleSince);
                var wait = oldest + MaxIdle - _time.GetUtcNow();
                _sweep.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }

            return expired;
        }
    }
}
