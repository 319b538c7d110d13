using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Support;
using Hangfire;
using Hangfire.Common;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Architecture;

/// <summary>Every recurring job says what it takes to run it, and what happens when it fails.</summary>
public sealed class JobTests(AppHost host) : IClassFixture<AppHost>
{
    private static IEnumerable<Type> JobClasses =>
        typeof(Program).Assembly.GetTypes().Where(type => type is { IsClass: true, IsNested: false } && type.Name.EndsWith("Job", StringComparison.Ordinal));

    private RecurringJobEntry[] Entries => [.. host.Services.GetServices<RecurringJobEntry>()];

    // Hangfire's default is ten attempts, the last of them hours later.
    [Fact]
    public void Jobs_DecideTheirRetries()
    {
        Assert.NotEmpty(JobClasses);
        Found.Nothing(JobClasses.Where(type => !type.IsDefined(typeof(AutomaticRetryAttribute), inherit: false)).Select(type => type.FullName));
    }

    [Fact]
    public void Jobs_AreAllRegisteredAndNothingElseIs()
    {
        var registered = new RegisteredJobs();

        foreach (var entry in Entries)
        {
            entry.Register(registered, entry.Id, entry.Cron);
        }

        Assert.Equal(JobClasses.Select(type => type.Name).Order(StringComparer.Ordinal), registered.Types.Select(type => type.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Entries_NameAPermission()
    {
        Found.Nothing(Entries.Where(entry => !Permissions.All.Contains(entry.Permission)).Select(entry => $"{entry.Id}: {entry.Permission}"));
    }

    [Fact]
    public void Entries_HaveNamesOfTheirOwn()
    {
        Assert.Equal(Entries.Length, Entries.DistinctBy(entry => entry.Id, StringComparer.Ordinal).Count());
    }

    private sealed class RegisteredJobs : IRecurringJobManager
    {
        public List<Type> Types { get; } = [];

        public void AddOrUpdate(string recurringJobId, Job job, string cronExpression, RecurringJobOptions options) => Types.Add(job.Type);

        public void Trigger(string recurringJobId) => throw new NotSupportedException();

        public void RemoveIfExists(string recurringJobId) => throw new NotSupportedException();
    }
}
