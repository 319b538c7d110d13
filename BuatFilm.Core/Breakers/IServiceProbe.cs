namespace BuatFilm.Core.Breakers;

/// <summary>Asks one service whether it is there, by a call that is cheap and changes nothing.</summary>
public interface IServiceProbe
{
    ExternalService Service { get; }

    /// <summary>Asks once, by way of the service's breaker, which learns from it as from any other call.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> ended it.</exception>
    Task<ServiceVerdict> ProbeAsync(CancellationToken cancellationToken);
}
