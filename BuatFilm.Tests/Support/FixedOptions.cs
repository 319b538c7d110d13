using Microsoft.Extensions.Options;

namespace BuatFilm.Tests.Support;

/// <summary>Settings that nobody changes.</summary>
internal sealed class FixedOptions<T>(T value) : IOptionsMonitor<T>
{
    public T CurrentValue => value;

    public T Get(string? name) => value;

    public IDisposable? OnChange(Action<T, string?> listener) => null;
}
