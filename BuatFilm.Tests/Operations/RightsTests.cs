using System.Security.Claims;
using BuatFilm.Admin.Features.Breakers;
using BuatFilm.Admin.Features.Jobs;
using BuatFilm.Admin.Features.Operations;
using BuatFilm.Admin.Features.Webhooks;
using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Operations;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Operations;

/// <summary>Whatever changes something asks by itself who may, whichever page or route calls it.</summary>
public sealed class RightsTests(AppHost app) : IClassFixture<AppHost>
{
    private static readonly Guid NoOperation = Guid.CreateVersion7();

    private static readonly Dictionary<string, (string[] Permissions, Func<IServiceProvider, ClaimsPrincipal?, CancellationToken, Task> Act)> Actions = new(StringComparer.Ordinal)
    {
        ["requeue one"] = ([Permissions.DeadLettersRequeue], (services, user, token) => services.GetRequiredService<RequeueMessage>().ExecuteAsync(user, 4711, null, token)),
        ["plan"] = ([Permissions.DeadLettersRequeue, Permissions.OperationsStart], (services, user, token) => services.GetRequiredService<PlanRequeue>().ExecuteAsync(user, new RequeuePlan(null, [4711], [], null), token)),
        ["start"] = ([Permissions.DeadLettersRequeue, Permissions.OperationsStart], (services, user, token) => services.GetRequiredService<StartOperation>().ExecuteAsync(user, NoOperation, new OperationStart(null, null, null), token)),
        ["cancel"] = ([Permissions.OperationsStart], (services, user, token) => services.GetRequiredService<CancelOperation>().ExecuteAsync(user, NoOperation, null, token)),
        ["override"] = ([Permissions.BreakersOverride], (services, user, token) =>
            services.GetRequiredService<SetOverride>().ExecuteAsync(user, ExternalService.WhatsApp, new OverrideDraft(BreakerMode.Isolated, "uji coba", TimeSpan.FromMinutes(10)), token)),
        ["release"] = ([Permissions.BreakersOverride], (services, user, token) => services.GetRequiredService<RemoveOverride>().ExecuteAsync(user, ExternalService.WhatsApp, null, token)),
        ["reprocess"] = ([Permissions.PaymentEventsReprocess], (services, user, token) => services.GetRequiredService<ReprocessPaymentEvent>().ExecuteAsync(user, 4711, null, token)),
    };

    public static TheoryData<string, string> Missing => [.. from action in Actions from permission in action.Value.Permissions select (action.Key, permission)];

    public static TheoryData<string> Names => [.. Actions.Keys];

    [Theory]
    [MemberData(nameof(Missing))]
    public async Task Action_WithoutOneOfItsPermissions_IsRefusedAndOnRecord(string name, string missing)
    {
        var (permissions, act) = Actions[name];
        var actor = $"Tanpa {missing} ({name})";

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => act(app.Services, With(actor, [.. permissions.Where(permission => permission != missing)]), TestContext.Current.CancellationToken));

        await AppHost.EventuallyAsync(
            async () => await app.ReadAsync<long>("select count(*) from audit_log where actor = $1 and action = $2 and outcome = 'refused' and reason = 'forbidden'", actor, missing) == 1,
            "the refusal is on record");
        Assert.Equal(0L, await app.ReadAsync<long>("select (select count(*) from breaker_overrides where mode <> 'automatic') + (select count(*) from operations)"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Action_OfNobody_IsRefused(string name)
    {
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Actions[name].Act(app.Services, null, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Actions[name].Act(app.Services, new ClaimsPrincipal(new ClaimsIdentity()), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Job_StartedByWhoLacksItsPermission_IsRefused()
    {
        var jobs = app.Services.GetServices<RecurringJobEntry>().ToList();
        Assert.NotEmpty(jobs);
        foreach (var job in jobs)
        {
            var others = With("Bukan admin", [.. Permissions.All.Where(permission => permission != job.Permission)]);

            Assert.Equal(RunResult.Denied, await app.Services.GetRequiredService<StartRecurringJobNow>().ExecuteAsync(others, job.Id, null, TestContext.Current.CancellationToken));
        }
    }

    private static ClaimsPrincipal With(string name, IEnumerable<string> permissions) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, name), .. permissions.Select(permission => new Claim(AccessClaims.Permission, permission))], "test"));
}
