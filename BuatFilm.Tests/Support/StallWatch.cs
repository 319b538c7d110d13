using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using BuatFilm.Tests.Support;
using Xunit.v3;

[assembly: StallWatch]

namespace BuatFilm.Tests.Support;

/// <summary>Ends a run in which no test begins or ends any more, and says which ones were under way: a run that hangs keeps its machine for hours and tells nothing.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class StallWatchAttribute : BeforeAfterTestAttribute
{
    /// <summary>Twice what the longest test takes on a slow machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private static readonly ConcurrentDictionary<string, (string Name, long Since)> UnderWay = new(StringComparer.Ordinal);
    private static readonly Timer Watch = new(_ => Look(), state: null, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30));

    private static long _last = Stopwatch.GetTimestamp();

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        Volatile.Write(ref _last, Stopwatch.GetTimestamp());
        UnderWay[test.UniqueID] = (test.TestDisplayName, Stopwatch.GetTimestamp());
        GC.KeepAlive(Watch);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        Volatile.Write(ref _last, Stopwatch.GetTimestamp());
        UnderWay.TryRemove(test.UniqueID, out _);
    }

    private static void Look()
    {
        if (Debugger.IsAttached || Stopwatch.GetElapsedTime(Volatile.Read(ref _last)) < Limit)
        {
            return;
        }

        Console.Error.WriteLine($"failed Nothing has begun or ended for {Limit.TotalMinutes:0} minutes; the run ends here. Under way:");
        foreach (var (name, since) in UnderWay.Values.OrderBy(test => test.Since))
        {
            Console.Error.WriteLine($"  {name}, for {Stopwatch.GetElapsedTime(since).TotalSeconds:0} s");
        }

        Console.Error.Flush();
        Environment.Exit(70);
    }
}
