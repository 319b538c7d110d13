using System.Collections.Concurrent;

namespace BuatFilm.Admin.Live;

/// <summary>Lets pages that ask the same question at the same moment share one answer, so that a change costs one read however many look at it.</summary>
/// <remarks>
/// An answer is shared while the ticker has seen no change since it was asked for, and for <see cref="Longest"/> at most. So a page
/// that was prerendered also finds its rows again when its circuit starts, and does not flicker.
/// </remarks>
public sealed class SharedReads(ChangeTicker ticker, TimeProvider time)
{
    /// <summary>How old a shared answer may be. Whoever takes one listens to the ticker, which corrects it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Answer> _answers = new(StringComparer.Ordinal);

    /// <summary>The answer under a key, from whoever asked first.</summary>
    /// <param name="key">Names the question and everything that the answer depends on, the viewer too where it differs by viewer; never the language.</param>
    /// <param name="read">Not cancelled when one of those who wait goes away: limit it in time by itself.</param>
    public Task<T> GetAsync<T>(string key, Func<Task<T>> read)
    {
        ArgumentNullException.ThrowIfNull(read);

        var (version, now) = (ticker.Current.Version, time.GetUtcNow());
        DropOld(now);

        var fresh = new Answer(version, now, new Lazy<Task>(() => AskAsync(read)));
        var answer = _answers.AddOrUpdate(key, fresh, (_, known) => known.IsGood(version, now) ? known : fresh);

        return (Task<T>)answer.Task.Value;
    }

    /// <summary>An answer that is there already and not too old, whatever has changed since: better than nothing while a newer one is being read.</summary>
    public T? Recent<T>(string key)
        where T : class =>
        _answers.TryGetValue(key, out var answer) && time.GetUtcNow() - answer.At <= Longest && answer.Task is { IsValueCreated: true, Value: Task<T> { IsCompletedSuccessfully: true } read }
            ? read.Result
            : null;

    /// <summary>Forgets the answers whose key begins so: somebody has just written and wants to see it.</summary>
    public void Forget(string keyStart)
    {
        foreach (var key in _answers.Keys.Where(key => key.StartsWith(keyStart, StringComparison.Ordinal)))
        {
            _answers.TryRemove(key, out _);
        }
    }

    // A question that throws before its first await is an answer too.
    private static async Task<T> AskAsync<T>(Func<Task<T>> read) => await read();

    private void DropOld(DateTimeOffset now)
    {
        foreach (var (key, answer) in _answers)
        {
            if (now - answer.At > Longest)
            {
                _answers.TryRemove(KeyValuePair.Create(key, answer));
            }
        }
    }

    private sealed record Answer(long Version, DateTimeOffset At, Lazy<Task> Task)
    {
        public bool IsGood(long version, DateTimeOffset now) =>
            Version == version && now - At <= Longest && !(Task.IsValueCreated && (Task.Value.IsFaulted || Task.Value.IsCanceled));
    }
}
