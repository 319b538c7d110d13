using BuatFilm.Admin.Sandbox.Faults;

namespace BuatFilm.Admin.Sandbox;

/// <summary>One service's stand-in on its own loopback port.</summary>
internal interface IStandIn : IAsyncDisposable
{
    FaultSwitch Faults { get; }

    bool IsListening { get; }

    /// <exception cref="IOException">The port is taken.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The port is taken.</exception>
    Task ListenAsync(int port, CancellationToken cancellationToken);

    /// <summary>Closes the port and every connection, at once. <see cref="ListenAsync"/> may follow.</summary>
    Task CloseAsync();

    /// <summary>Counters of what reached it, to be written as JSON.</summary>
    object Statistics();
}
