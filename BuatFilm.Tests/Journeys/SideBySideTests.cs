using System.Net;

namespace BuatFilm.Tests.Journeys;

[Collection(LongProcessTests.Name)]
public sealed class SideBySideTests(MigratedCluster cluster)
{
    [Fact]
    public async Task TwoProcesses_InTheirOwnFolders_DoNotMeet()
    {
        await using var one = new AppProcess(cluster);
        await using var two = new AppProcess(cluster);
        await Task.WhenAll(one.StartAsync(), two.StartAsync());

        Assert.Equal(HttpStatusCode.Created, (await one.PlaceAsync("SIDE-1")).Status);
        Assert.Equal(HttpStatusCode.Created, (await two.PlaceAsync("SIDE-2")).Status);
        await Task.WhenAll(one.PayAsync("SIDE-1"), two.PayAsync("SIDE-2"));
        await Task.WhenAll(one.PaidAndToldAsync("SIDE-1"), two.PaidAndToldAsync("SIDE-2"));

        Assert.Null(await one.StatusOfAsync("SIDE-2"));
        Assert.Null(await two.StatusOfAsync("SIDE-1"));
        Assert.Equal(["email", "whatsapp"], await one.ToldByAsync());
        Assert.Equal(["email", "whatsapp"], await two.ToldByAsync());
    }

    [Fact]
    public async Task TwoProcesses_OnOneDataFolder_ShareTheDatabaseUntilTheLastIsGone()
    {
        await using var one = new AppProcess(cluster);
        await using var two = new AppProcess(cluster: null, ("LocalPostgres:DataDirectory", one.PostgresFolder));
        await Task.WhenAll(one.StartAsync(), two.StartAsync());
        await one.PlaceAsync("SHARED-1");
        Assert.Equal("awaiting_payment", await two.StatusOfAsync("SHARED-1"));

        one.Terminate();
        Assert.Equal(0, await one.EndAsync());
        Assert.True(await two.HasPostgresAsync());
        Assert.Equal("awaiting_payment", await two.StatusOfAsync("SHARED-1"));
        Assert.Equal(HttpStatusCode.Created, (await two.PlaceAsync("SHARED-2")).Status);

        two.Terminate();
        Assert.Equal(0, await two.EndAsync());
        Assert.False(await two.HasPostgresAsync());
    }
}
