using System.Globalization;

namespace BuatFilm.Admin.Data;

/// <summary>Says of something that takes long that it is still under way.</summary>
internal static class LongStep
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    /// <summary>Waits for the step, with a line every five seconds.</summary>
    /// <param name="what">As in <c>Still fetching PostgreSQL</c>.</param>
    public static async Task TellAsync(this Task step, string what, Action<string> report, TimeProvider time)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            using var enough = new CancellationTokenSource();
            if (await Task.WhenAny(step, Task.Delay(Every, time, enough.Token)) == step)
            {
                await enough.CancelAsync();
                await step;
                return;
            }

            report(string.Create(CultureInfo.InvariantCulture, $"{what} ({time.GetElapsedTime(started).TotalSeconds:0} s) …"));
        }
    }

    /// <inheritdoc cref="TellAsync(Task, string, Action{string}, TimeProvider)"/>
    public static async Task<T> TellAsync<T>(this Task<T> step, string what, Action<string> report, TimeProvider time)
    {
        await TellAsync((Task)step, what, report, time);
        return await step;
    }
}
