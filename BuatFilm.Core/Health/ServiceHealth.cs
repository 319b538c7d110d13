namespace BuatFilm.Core.Health;

/// <summary>What is known of one service.</summary>
public enum ServiceHealth
{
    /// <summary>Nobody has called or checked it since the start. It counts neither as up nor as down.</summary>
    Unknown,

    Healthy,

    Unhealthy,
}
