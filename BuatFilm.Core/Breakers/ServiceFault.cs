namespace BuatFilm.Core.Breakers;

/// <summary>A service refuses our credentials or our configuration: a person must put it right.</summary>
/// <param name="Class">What it said, by its class, such as <c>auth</c> or <c>http_401</c>.</param>
/// <param name="Since">When it said so first.</param>
/// <param name="PausedUntil">Nothing is called before then; null when the next call may go.</param>
public sealed record ServiceFault(string Class, DateTimeOffset Since, DateTimeOffset? PausedUntil);
