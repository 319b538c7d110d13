using System.Collections.Concurrent;
using System.Globalization;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Shell;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace BuatFilm.Tests.Live;

[Collection(QuietTests.Name)]
public sealed class ChangeTickerTests
{
    private readonly FakeTimeProvider _time = new(Boards.Noon);
    private readonly Wakes _wakes = new();
    private int _asked;
    private string _mark = "1";
    private Exception? _failure;

    [Fact]
    public async Task Subscribe_WhenTheMarkChanges_IsToldOnceForEachChange()
    {
        using var ticker = Create();
        var told = 0;
        using var subscription = ticker.Subscribe(() => Task.FromResult(Interlocked.Increment(ref told)));
        await UntilAsync(() => told == 1); // The first poll counts as a change.

        await PassAsync(TimeSpan.FromSeconds(3));
        Assert.Equal(1, told);
        _mark = "2";

        await UntilAsync(() => told == 2);
        Assert.Equal(2, ticker.Current.Version);
        await PassAsync(TimeSpan.FromSeconds(3));
        Assert.Equal(2, told);
    }

    [Fact]
    public async Task Polling_WithoutListeners_DoesNotHappen()
    {
        using var ticker = Create();
        await PassAsync(TimeSpan.FromSeconds(3));
        Assert.Equal(0, _asked);

        var subscription = ticker.Subscribe(() => Task.CompletedTask);
        var second = ticker.Subscribe(() => Task.CompletedTask);
        await UntilAsync(() => _asked >= 3);
        subscription.Dispose();
        second.Dispose();
        await PassAsync(TimeSpan.FromSeconds(1)); // One may be on its way.
        var asked = _asked;
        await PassAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(asked, _asked);
        using var third = ticker.Subscribe(() => Task.CompletedTask);
        await UntilAsync(() => _asked > asked);
    }

    [Fact]
    public async Task Polling_WithManyListeners_AsksOnceAPeriod()
    {
        using var ticker = Create();
        var subscriptions = Enumerable.Range(0, 100).Select(_ => ticker.Subscribe(() => Task.CompletedTask)).ToList();

        await PassAsync(TimeSpan.FromSeconds(10));

        Assert.InRange(_asked, 2, 21);
        subscriptions.ForEach(subscription => subscription.Dispose());
    }

    [Fact]
    public async Task Wake_ByACommitOfThisProcess_AsksSoonerButNotInABurst()
    {
        using var ticker = Create();
        using var subscription = ticker.Subscribe(() => Task.CompletedTask);
        await UntilAsync(() => _asked == 1);

        for (var commit = 0; commit < 1_000; commit++)
        {
            _wakes.Outbox.Wake();
        }

        await PassAsync(StatusBoard.Interval * 2);
        Assert.InRange(_asked, 2, 3);
    }

    [Fact]
    public async Task Subscribers_WhenTheDatabaseFallsSilent_LearnThatTheirDataIsOldAndLaterThatItIsNot()
    {
        using var ticker = Create();
        var states = new ConcurrentQueue<bool>();
        using var subscription = ticker.Subscribe(() =>
        {
            states.Enqueue(ticker.Current.IsStale);
            return Task.CompletedTask;
        });
        await UntilAsync(() => states.Count == 1);
        var asOf = ticker.Current.AsOf;

        _failure = new TimeoutException("away");
        await UntilAsync(() => states.Contains(true));
        Assert.True(_time.GetUtcNow() - ticker.Current.AsOf >= ChangeTicker.StaleAfter);
        Assert.InRange(ticker.Current.AsOf - asOf, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        await PassAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(2, states.Count); // Not again with every failure.
        _failure = null;

        await UntilAsync(() => states.Count == 3);
        Assert.Equal([false, true, false], states);
    }

    [Fact]
    public async Task Subscribe_FromAnotherCulture_DoesNotLendItToTheOthers()
    {
        using var ticker = Create();
        CultureInfo.CurrentUICulture = new CultureInfo("en");
        using var first = ticker.Subscribe(() => Task.CompletedTask);
        CultureInfo.CurrentUICulture = new CultureInfo("id");
        var culture = new TaskCompletionSource<string>();

        using var second = ticker.Subscribe(() =>
        {
            culture.TrySetResult(CultureInfo.CurrentUICulture.Name);
            return Task.CompletedTask;
        });
        _mark = "2";
        await UntilAsync(() => culture.Task.IsCompleted);

        Assert.Equal("id", await culture.Task);
    }

    [Fact]
    public async Task WriteByAnotherConnection_OnARealDatabase_IsSeenWithinASecondAndReadingIsNot()
    {
        await using var database = await MigratedDatabase.CreateAsync();
        await using var databases = new Databases(new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:BuatFilm", database.ConnectionString)]).Build());
        var statements = 0;
        using var ticker = new ChangeTicker(
            cancellationToken =>
            {
                Interlocked.Increment(ref statements);
                return DatabaseMark.ReadAsync(databases, cancellationToken);
            },
            _wakes, TimeProvider.System, NullLogger<ChangeTicker>.Instance);
        await Task.Delay(1_500, TestContext.Current.CancellationToken);
        Assert.Equal(0, statements);

        using var subscription = ticker.Subscribe(() => Task.CompletedTask);
        await AppHost.EventuallyAsync(() => Task.FromResult(ticker.Current.Version >= 1), "the first poll");
        await using var other = new NpgsqlConnection(database.ConnectionString);
        await other.OpenAsync(TestContext.Current.CancellationToken);

        // Another test's writes to the same server are seen too: so until one second was quiet.
        await AppHost.EventuallyAsync(async () => await ReadsAreUnseenAsync(ticker, other), "reading is not taken for a change", 60);

        var before = ticker.Current.Version;
        await ExecuteAsync(other, "insert into alerts (kind, severity, data, dedupe_key, raised_at, occurrences, last_raised_at) values ('test', 'info', '{}', 'test', now(), 1, now())");
        var written = TimeProvider.System.GetTimestamp();
        await AppHost.EventuallyAsync(() => Task.FromResult(ticker.Current.Version > before), "the write is seen");

        Assert.InRange(TimeProvider.System.GetElapsedTime(written), TimeSpan.Zero, TimeSpan.FromSeconds(4)); // A second, on a machine with something left for us.
    }

    [Fact]
    public async Task Mark_WhileAnotherTransactionIsOpen_ChangesWithEachCommit()
    {
        await using var database = await MigratedDatabase.CreateAsync();
        await using var databases = new Databases(new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:BuatFilm", database.ConnectionString)]).Build());
        await using var holder = new NpgsqlConnection(database.ConnectionString);
        await holder.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(holder, "select pg_current_xact_id()");
        var marks = new List<string> { await DatabaseMark.ReadAsync(databases, TestContext.Current.CancellationToken) };
        await using var writer = new NpgsqlConnection(database.ConnectionString);
        await writer.OpenAsync(TestContext.Current.CancellationToken);

        for (var write = 0; write < 3; write++)
        {
            await ExecuteAsync(writer, "update node_status set seen_at = now() where false; select pg_current_xact_id()");
            marks.Add(await DatabaseMark.ReadAsync(databases, TestContext.Current.CancellationToken));
        }

        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        marks.Add(await DatabaseMark.ReadAsync(databases, TestContext.Current.CancellationToken));

        Assert.Equal(marks.Count, marks.Distinct(StringComparer.Ordinal).Count());
    }

    private static async Task<bool> ReadsAreUnseenAsync(ChangeTicker ticker, NpgsqlConnection other)
    {
        var before = ticker.Current.Version;
        for (var read = 0; read < 12; read++)
        {
            await ExecuteAsync(other, "select count(*) from alerts");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        return ticker.Current.Version == before;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private ChangeTicker Create() => new(
        _ =>
        {
            Interlocked.Increment(ref _asked);
            return _failure is { } failure ? Task.FromException<string>(failure) : Task.FromResult(_mark);
        },
        _wakes, _time, NullLogger<ChangeTicker>.Instance);

    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += StatusBoard.Interval)
        {
            _time.Advance(StatusBoard.Interval);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20), "It never came.");
            _time.Advance(StatusBoard.Interval);
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
