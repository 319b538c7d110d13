using BuatFilm.Admin.Features.Jobs;
using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using System.Xml.Linq;

namespace BuatFilm.Tests.Jobs;

/// <summary>On the whole program, where Hangfire itself writes what the page reads.</summary>
public sealed class RecurringJobTests(AppHost host) : IClassFixture<AppHost>
{
    [Theory]
    [InlineData("")]
    [InlineData(".en")]
    public void Jobs_All_HaveANameAndAPurpose(string language)
    {
        var texts = XDocument.Load(SourceTree.PathOf($"BuatFilm.Admin/Features/Jobs/RecurringJobsPageTexts{language}.resx")).Root!.Elements("data").Select(data => data.Attribute("name")!.Value).ToHashSet(StringComparer.Ordinal);
        var ids = host.Services.GetServices<RecurringJobEntry>().Select(entry => entry.Id).ToList();

        Assert.NotEmpty(ids);
        Found.Nothing(ids.SelectMany(id => new[] { $"Job.{id}", $"Purpose.{id}" }).Where(key => !texts.Contains(key)));
        Found.Nothing(texts.Where(key => key.StartsWith("Job.", StringComparison.Ordinal) && !ids.Contains(key[4..])));
    }

    [Fact]
    public async Task Rows_OfARunningProgram_TellWhatHangfireDid()
    {
        var queries = host.Services.GetRequiredService<RecurringJobQueries>();
        var token = TestContext.Current.CancellationToken;

        await AppHost.EventuallyAsync(async () => (await queries.FindAsync("deliver-outbox", token)) is { LastRun: RunState.Succeeded, Duration: not null, LastAt: not null }, "a job of every five seconds has run", 60);

        var row = (await queries.FindAsync("deliver-outbox", token))!;
        Assert.InRange(row.NextAt!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(1));
        Assert.InRange(row.LastAt!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(-2), TimeSpan.FromSeconds(5));
    }
}
