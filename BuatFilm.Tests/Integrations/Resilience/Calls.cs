using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;

namespace BuatFilm.Tests.Integrations.Resilience;

/// <summary>Calls through a pipeline that end as the test says.</summary>
internal static class Calls
{
    /// <summary>Half of five within a minute; breaks of 60, 120, 200 s.</summary>
    public static BreakerOptions Options() => new()
    {
        AttemptTimeout = TimeSpan.FromSeconds(10),
        FailureRatio = 0.5,
        MinimumThroughput = 5,
        SamplingDuration = TimeSpan.FromSeconds(60),
        BreakDuration = TimeSpan.FromSeconds(60),
        MaxBreakDuration = TimeSpan.FromSeconds(200),
    };

    public static Task<CallAnswer> AnswerAsync(this ServicePipeline pipeline, ServiceVerdict verdict, string? code = null) =>
        pipeline.CallAsync(_ => Task.FromResult(new CallAnswer(verdict, code)));

    public static Task<CallAnswer> CallAsync(this ServicePipeline pipeline, Func<CancellationToken, Task<CallAnswer>> call, CancellationToken? caller = null) => pipeline.ExecuteAsync(
        call,
        wait => new CallAnswer(ServiceVerdict.NotCalled, "refused", wait),
        () => new CallAnswer(ServiceVerdict.Outage, "timeout"),
        caller ?? TestContext.Current.CancellationToken);

    public static async Task OutagesAsync(this ServicePipeline pipeline, int count)
    {
        for (var call = 0; call < count; call++)
        {
            await pipeline.AnswerAsync(ServiceVerdict.Outage, "connection");
        }
    }

    /// <summary>A call that is under way until the test ends it.</summary>
    public static (Task<CallAnswer> Call, TaskCompletionSource<CallAnswer> End) Begin(this ServicePipeline pipeline)
    {
        var end = new TaskCompletionSource<CallAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        return (pipeline.CallAsync(attempt => end.Task.WaitAsync(attempt)), end);
    }

    /// <summary>Asks as a probe would.</summary>
    public static Task<ServiceVerdict> ProbeAsync(this ServicePipeline pipeline, ServiceVerdict verdict) =>
        ProbeScope.AskAsync(new ScriptedProbe(pipeline, _ => Task.FromResult(verdict)), TestContext.Current.CancellationToken);
}

internal sealed record CallAnswer(ServiceVerdict Verdict, string? Code = null, TimeSpan? RetryAfter = null) : IServiceAnswer;

/// <summary>A probe that answers what the test says, and counts how often it really asked.</summary>
internal sealed class ScriptedProbe(ServicePipeline pipeline, Func<CancellationToken, Task<ServiceVerdict>> answer) : IServiceProbe
{
    private int _asked;

    public ExternalService Service => pipeline.Service;

    public int Asked => Volatile.Read(ref _asked);

    public async Task<ServiceVerdict> ProbeAsync(CancellationToken cancellationToken) => (await pipeline.CallAsync(
        async attempt =>
        {
            Interlocked.Increment(ref _asked);
            return new CallAnswer(await answer(attempt), "probe");
        },
        cancellationToken)).Verdict;
}
