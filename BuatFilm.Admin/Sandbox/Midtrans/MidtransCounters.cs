using System.Collections.Concurrent;

namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>Calls that reached the stand-in since it was started, by what they asked for.</summary>
internal sealed class MidtransCounters
{
    private readonly ConcurrentDictionary<string, long> _calls = new();

    public void Count(string call) => _calls.AddOrUpdate(call, 1, (_, count) => count + 1);

    public long this[string call] => _calls.GetValueOrDefault(call);
}
