using System.Collections.Concurrent;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Integrations.Midtrans;
using BuatFilm.Tests.Integrations.Smtp;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace BuatFilm.Tests.Integrations.Resilience;

/// <summary>Fifteen ways in which breakers fool those who build them; each was seen to happen, and must not here.</summary>
public sealed class BreakerTrapTests
{
    private static readonly SnapOrder Order = new(
        "A-1", 450_000, [new SnapItem("kamera-1", "Sewa kamera", 450_000, 1)], new SnapCustomer("Budi", "budi@contoh.id", "+6281234567890"), TimeSpan.FromHours(1));

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Midtrans")]
    [InlineData("Database")]
    [InlineData("Smtp")]
    [InlineData("WhatsApp")]
    public async Task Trap1_ABreakerThatOpensAtTheFirstFailure(string service)
    {
        var pipeline = Pipeline(Enum.Parse<ExternalService>(service));

        await pipeline.OutagesAsync(4);
        Assert.Equal(BreakerState.Closed, pipeline.State);
        await pipeline.OutagesAsync(1);

        Assert.Equal(BreakerState.Open, pipeline.State);
    }

    [Fact]
    public async Task Trap2_AFallbackThatLooksLikeASuccess()
    {
        await using var gateway = new ScriptedGateway(ScriptedGateway.Http(500, "{}"));
        await using var services = Services(gateway.Address);
        await services.GetRequiredService<ServicePipelines>()[ExternalService.Midtrans].OutagesAsync(5);

        var answer = await services.GetRequiredService<MidtransClient>().CreateSnapAsync(Order, Stop);

        Assert.Equal((SnapResult.Unavailable, ServiceVerdict.NotCalled, null, null), (answer.Result, answer.Verdict, answer.Token, answer.RedirectUrl));
        Assert.Empty(gateway.Requests);
    }

    [Theory]
    [InlineData(ServiceVerdict.Outage)]
    [InlineData(ServiceVerdict.Answered)]
    public async Task Traps3And4_AnOperationThatIsRepeatedBehindTheCallersBack(ServiceVerdict verdict)
    {
        var pipeline = Pipeline(ExternalService.Midtrans);
        var calls = 0;

        await pipeline.CallAsync(_ =>
        {
            calls++;
            return Task.FromResult(new CallAnswer(verdict));
        });
        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData("Midtrans")]
    [InlineData("Database")]
    [InlineData("Smtp")]
    [InlineData("WhatsApp")]
    public async Task Trap5_NumbersThatCannotTripWhileOneWorkerTimesOut(string service)
    {
        var pipeline = Pipeline(Enum.Parse<ExternalService>(service));

        for (var call = 0; call < 5; call++)
        {
            Assert.Equal(BreakerState.Closed, pipeline.State);
            var (hung, _) = pipeline.Begin();
            _time.Advance(pipeline.Options.AttemptTimeout);
            Assert.Equal("timeout", (await hung).Code);
        }

        Assert.Equal(BreakerState.Open, pipeline.State);
        Assert.Equal(5, pipeline.Snapshot().Total.TimedOut);
    }

    [Fact]
    public async Task Trap6_CallsThatProveNothingAndCountAsSuccesses()
    {
        // The ratio alone, so that what dilutes it would show.
        var pipeline = Pipeline(ExternalService.Midtrans, options => options.ConsecutiveFailures = 10_000);
        for (var call = 0; call < 50; call++)
        {
            using var caller = new CancellationTokenSource();
            var given = pipeline.CallAsync(async attempt =>
            {
                await caller.CancelAsync();
                attempt.ThrowIfCancellationRequested();
                return new CallAnswer(ServiceVerdict.Answered);
            }, caller.Token);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
            await Assert.ThrowsAsync<InvalidOperationException>(() => pipeline.CallAsync(_ => throw new InvalidOperationException("a bug")));
        }

        await pipeline.OutagesAsync(5);

        Assert.Equal(BreakerState.Open, pipeline.State);
        Assert.Equal((50L, 50L), (pipeline.Snapshot().Recent.Cancelled, pipeline.Snapshot().Recent.Internal));
    }

    [Fact]
    public async Task Trap7_ADeadlineOfTheCallersThatHidesTheTimeouts()
    {
        var pipeline = Pipeline(ExternalService.Midtrans);

        for (var call = 0; call < 5; call++)
        {
            // As a request has one: longer than the attempt's.
            using var caller = new CancellationTokenSource(TimeSpan.FromSeconds(30), _time);
            var hung = pipeline.CallAsync(async attempt =>
            {
                await Task.Delay(Timeout.Infinite, attempt);
                return new CallAnswer(ServiceVerdict.Answered);
            }, caller.Token);
            _time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal("timeout", (await hung).Code);
        }

        Assert.Equal(BreakerState.Open, pipeline.State);
    }

    [Fact]
    public async Task Trap8_ATrialThatHangsForEver()
    {
        var pipeline = Pipeline(ExternalService.Midtrans);
        await pipeline.OutagesAsync(5);
        _time.Advance(pipeline.Options.BreakDuration);
        var (trial, _) = pipeline.Begin();
        Assert.Equal(BreakerState.HalfOpen, pipeline.State);

        _time.Advance(pipeline.Options.AttemptTimeout);

        Assert.Equal("timeout", (await trial).Code);
        Assert.Equal(BreakerState.Open, pipeline.State);
        Assert.True((await pipeline.AnswerAsync(ServiceVerdict.Answered)).RetryAfter > TimeSpan.Zero);
    }

    [Fact]
    public async Task Trap9_AStragglerThatDecidesTheTrial()
    {
        var pipeline = Pipeline(ExternalService.Smtp, options => options.BreakDuration = TimeSpan.FromSeconds(10));
        var straggler = pipeline.Begin();
        await pipeline.OutagesAsync(5);
        _time.Advance(TimeSpan.FromSeconds(10));
        var trial = pipeline.Begin();

        straggler.End.SetResult(new CallAnswer(ServiceVerdict.Answered));
        await straggler.Call;
        Assert.Equal(BreakerState.HalfOpen, pipeline.State);

        trial.End.SetResult(new CallAnswer(ServiceVerdict.Outage));
        await trial.Call;
        Assert.Equal(BreakerState.Open, pipeline.State);
    }

    [Fact]
    public async Task Trap10_AReloadThatForgetsTheOutage()
    {
        await using var services = Services("http://127.0.0.1:1");
        var pipelines = services.GetRequiredService<ServicePipelines>();
        await pipelines[ExternalService.Midtrans].OutagesAsync(5);
        var configuration = (IConfigurationRoot)services.GetRequiredService<IConfiguration>();

        configuration["Breakers:Midtrans:FailureRatio"] = "0.9";
        configuration["Breakers:Midtrans:MinimumThroughput"] = "not a number";
        configuration.Reload();

        Assert.Same(pipelines, services.GetRequiredService<ServicePipelines>());
        Assert.Equal(BreakerState.Open, pipelines[ExternalService.Midtrans].State);
        Assert.Equal(ServiceVerdict.NotCalled, (await pipelines[ExternalService.Midtrans].AnswerAsync(ServiceVerdict.Answered)).Verdict);
    }

    [Fact]
    public async Task Trap11_AListenerThatHoldsUpTheCaller()
    {
        // Nobody reads the changes, as when the database that they go to is away: calls do not notice.
        await using var services = Services("http://127.0.0.1:1");
        var pipelines = services.GetRequiredService<ServicePipelines>();

        for (var round = 0; round < 100; round++)
        {
            pipelines[ExternalService.Smtp].SetMode(BreakerMode.Isolated, BreakerCause.Operator);
            pipelines[ExternalService.Smtp].SetMode(BreakerMode.Automatic, BreakerCause.OperatorReleased);
        }

        await pipelines[ExternalService.Smtp].OutagesAsync(5);
        Assert.Equal(BreakerState.Open, pipelines[ExternalService.Smtp].State);
        var changes = 0;
        while (pipelines.Changes.TryRead(out _))
        {
            changes++;
        }

        Assert.Equal(201, changes);

        // And one that is slow does not keep anybody from reading the state.
        using var release = new ManualResetEventSlim();
        var slow = new ServicePipeline(ExternalService.Smtp, Calls.Options(), _time, _ => release.Wait(TimeSpan.FromSeconds(20), CancellationToken.None));
        var opening = Task.Run(() => slow.OutagesAsync(5), Stop);
        Assert.True(SpinWait.SpinUntil(() => slow.State == BreakerState.Open, TimeSpan.FromSeconds(20)));
        Assert.False(opening.IsCompleted);
        release.Set();
        await opening;
    }

    [Fact]
    public async Task Trap12_LogsThatHoldTheResult()
    {
        using var log = new EveryLine();
        await using var services = Services("http://127.0.0.1:1", collection => collection.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log)));
        var pipeline = services.GetRequiredService<ServicePipelines>()[ExternalService.Midtrans];

        await pipeline.AnswerAsync(ServiceVerdict.Answered, "SECRET-SNAP-TOKEN");
        for (var call = 0; call < 6; call++)
        {
            await pipeline.AnswerAsync(ServiceVerdict.Outage, "SECRET-SNAP-TOKEN");
        }

        Assert.Equal(BreakerState.Open, pipeline.State);
        Assert.DoesNotContain(log.Lines, line => line.Contains("SECRET", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.StartsWith("Polly", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Trap13_AStatusThatMeansSomethingElseAtMidtrans()
    {
        await using (var conflict = new ScriptedGateway(ScriptedGateway.Http(406, """{"error_messages":["order_id has been used"]}""")))
        {
            await using var services = Services(conflict.Address);
            for (var call = 0; call < 100; call++)
            {
                Assert.Equal(SnapResult.Taken, (await services.GetRequiredService<MidtransClient>().CreateSnapAsync(Order, Stop)).Result);
            }

            var midtrans = services.GetRequiredService<ServicePipelines>()[ExternalService.Midtrans];
            Assert.Equal((BreakerState.Closed, 100L), (midtrans.State, midtrans.Snapshot().Recent.Refusals));
        }

        // "Wrong data type", not "request timeout".
        await using (var wrongType = new ScriptedGateway(ScriptedGateway.Http(200, """{"status_code":"408","status_message":"wrong data type"}""")))
        {
            await using var services = Services(wrongType.Address);
            for (var call = 0; call < 20; call++)
            {
                await services.GetRequiredService<MidtransClient>().GetStatusAsync("A-1", Stop);
            }

            Assert.Equal(BreakerState.Closed, services.GetRequiredService<ServicePipelines>()[ExternalService.Midtrans].State);
        }

        await using (var broken = new ScriptedGateway(ScriptedGateway.Http(200, """{"status_code":"500","status_message":"Sorry"}""")))
        {
            await using var services = Services(broken.Address);
            for (var call = 0; call < 5; call++)
            {
                await services.GetRequiredService<MidtransClient>().GetStatusAsync("A-1", Stop);
            }

            Assert.Equal(BreakerState.Open, services.GetRequiredService<ServicePipelines>()[ExternalService.Midtrans].State);
        }
    }

    [Fact]
    public async Task Trap14_AServerThatClosesAndIsTakenForARecipientThatIsRefused()
    {
        await using var closing = new SmtpBench();
        closing.Server.Answer(SmtpStep.Rcpt, "421 4.3.2 closing");
        for (var mail = 0; mail < 5; mail++)
        {
            Assert.Equal(ServiceVerdict.Outage, (await closing.Mailer.SendAsync(SmtpBench.Mail(), Stop)).Verdict);
        }

        Assert.Equal(BreakerState.Open, closing.Breaker);
        await using var refusing = new SmtpBench();
        refusing.Server.Answer(SmtpStep.Rcpt, "550 5.1.1 no such user");
        for (var mail = 0; mail < 100; mail++)
        {
            Assert.Equal(DeliveryResult.Refused, (await refusing.Mailer.SendAsync(SmtpBench.Mail(), Stop)).Result);
        }

        Assert.Equal(BreakerState.Closed, refusing.Breaker);
    }

    [Fact]
    public async Task Trap15_AHandlerThatRepeatsPosts_OrWaitsADayForThem()
    {
        await using var gateway = new ScriptedGateway(ScriptedGateway.Http(503, "{}", headers: "Retry-After: 86400\r\n"));
        await using var services = Services(gateway.Address);

        var answer = await services.GetRequiredService<MidtransClient>().CreateSnapAsync(Order, Stop);

        Assert.Equal((SnapResult.Unavailable, TimeSpan.FromDays(1)), (answer.Result, answer.RetryAfter));
        Assert.Single(gateway.Requests);
    }

    private ServicePipeline Pipeline(ExternalService service, Action<BreakerOptions>? change = null)
    {
        var options = new BreakersOptions().Of(service);
        change?.Invoke(options);
        return new ServicePipeline(service, options, _time, _ => { });
    }

    /// <summary>As the program registers them, with Midtrans at an address of the test's.</summary>
    private static ServiceProvider Services(string midtrans, Action<IServiceCollection>? more = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Midtrans:ServerKey", "SB-key"), new("Midtrans:SnapBaseUrl", midtrans), new("Midtrans:ApiBaseUrl", midtrans),
        ]).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton(TimeProvider.System);
        services.AddServicePipelines(configuration).AddMidtrans(configuration);
        more?.Invoke(services);
        return services.BuildServiceProvider();
    }

    /// <summary>Every line of the log, with its category in front.</summary>
    private sealed class EveryLine : ILoggerProvider
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Line(categoryName, Lines);

        public void Dispose()
        {
            // Nothing to let go.
        }

        private sealed class Line(string category, ConcurrentQueue<string> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue($"{category} {formatter(state, exception)} {exception}");
        }
    }
}
