using BuatFilm.Admin.Live;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace BuatFilm.Tests.Live;

public sealed class SharedReadsTests
{
    private readonly FakeTimeProvider _time = new(Boards.Noon);
    private readonly ChangeTicker _ticker;
    private readonly SharedReads _reads;
    private string _mark = "1";
    private int _asked;

    public SharedReadsTests()
    {
        _ticker = new ChangeTicker(_ => Task.FromResult(_mark), new Wakes(), _time, NullLogger<ChangeTicker>.Instance);
        _reads = new SharedReads(_ticker, _time);
    }

    [Fact]
    public async Task Get_ByManyAtOnce_AsksOnce()
    {
        var gate = new TaskCompletionSource<int>();
        var answers = Enumerable.Range(0, 50).Select(_ => _reads.GetAsync("list", () => AskAsync(gate.Task))).ToList();

        gate.SetResult(7);

        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal(7, answer));
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task Get_OfAnotherKey_AsksAgain()
    {
        await _reads.GetAsync("list|a", () => AskAsync(Task.FromResult(1)));
        await _reads.GetAsync("list|b", () => AskAsync(Task.FromResult(2)));

        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Get_AfterAWhile_AsksAgain()
    {
        await _reads.GetAsync("list", () => AskAsync(Task.FromResult(1)));
        _time.Advance(SharedReads.Longest + TimeSpan.FromMilliseconds(1));

        Assert.Equal(2, await _reads.GetAsync("list", () => AskAsync(Task.FromResult(2))));
    }

    [Fact]
    public async Task Get_AfterAChange_AsksAgain()
    {
        using var subscription = _ticker.Subscribe(() => Task.CompletedTask);
        await ChangedAsync(1);
        await _reads.GetAsync("list", () => AskAsync(Task.FromResult(1)));
        _mark = "2";
        await ChangedAsync(2);

        Assert.Equal(2, await _reads.GetAsync("list", () => AskAsync(Task.FromResult(2))));
    }

    [Fact]
    public async Task Get_AfterAFailure_AsksAgain()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => _reads.GetAsync<int>("list", () => throw new TimeoutException()));
        await Assert.ThrowsAsync<TimeoutException>(() => _reads.GetAsync("list", () => Task.FromException<int>(new TimeoutException())));

        Assert.Equal(3, await _reads.GetAsync("list", () => AskAsync(Task.FromResult(3))));
    }

    [Fact]
    public async Task Forget_WhatOneHasChanged_AsksAgain()
    {
        await _reads.GetAsync("list|a", () => AskAsync(Task.FromResult(1)));

        _reads.Forget("list|");

        Assert.Equal(2, await _reads.GetAsync("list|a", () => AskAsync(Task.FromResult(2))));
    }

    private async Task ChangedAsync(long version)
    {
        while (_ticker.Current.Version < version)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100)); // Below the age at which an answer is too old.
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private async Task<T> AskAsync<T>(Task<T> answer)
    {
        Interlocked.Increment(ref _asked);
        return await answer;
    }
}
