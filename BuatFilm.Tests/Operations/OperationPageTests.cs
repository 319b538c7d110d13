using System.Text.Json;
using BuatFilm.Admin.Features.Operations;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Operations;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Operations;

/// <summary>The list of bulk work, and one piece of it from its plan to its receipt.</summary>
public sealed class OperationPageTests : FeaturePages
{
    [Fact]
    public async Task List_OfOperations_SaysWhoDidWhat()
    {
        await DeadLetters.AddAsync(ConnectionString, 3, "INV-");
        var planned = await PlanAsync();

        var page = Open<OperationsPage>("operations");

        page.WaitForAssertion(() => Assert.Equal("Kirim ulang 3 pesan", page.Find("tbody [data-row-link]").TextContent));
        Assert.Equal($"/operations/{planned.Id}", page.Find("tbody [data-row-link]").GetAttribute("href"));
        Assert.Contains("Disiapkan", page.Find("tbody").TextContent, StringComparison.Ordinal);
        Assert.Contains("Rina", page.Find("tbody").TextContent, StringComparison.Ordinal);
        await DisposeComponentsAsync();
        var finished = Open<OperationsPage>("operations?state=finished");
        finished.WaitForAssertion(() => Assert.Single(finished.FindAll("[data-state=no-match]")));
    }

    [Fact]
    public void List_WithoutOperations_SaysWhereTheyComeFrom()
    {
        var page = Open<OperationsPage>("operations");

        page.WaitForAssertion(() => Assert.Contains("Belum ada operasi massal", page.Find("[data-state=empty]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_OfAPlan_StartsItUndoesItAndShowsTheEnd()
    {
        await DeadLetters.AddAsync(ConnectionString, 3, "INV-");
        var planned = await PlanAsync();
        var page = OpenOne(planned.Id.ToString());
        page.WaitForAssertion(() => Assert.Equal("3 pelanggan, nilai pesanan Rp1.350.000", page.Find("[data-key=customers] dd").TextContent.Squeeze()));

        _ = page.Find("[data-action=start]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("dialog textarea")));
        page.Find("dialog textarea").Input("server sudah pulih");
        await page.Find("dialog [data-confirm]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Single(page.FindAll(".operation-card[data-state=running]")));
        Assert.Equal("running server sudah pulih", await ReadAsync<string>("select state || ' ' || reason from operations"));
        _ = page.Find("[data-action=undo], [data-action=stop]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("dialog textarea, .operation-card[data-state=cancelled]")));
        if (page.FindAll("dialog textarea").Count > 0)
        {
            page.Find("dialog textarea").Input("belum waktunya");
            await page.Find("dialog [data-confirm]").ClickAsync(new());
        }

        page.WaitForAssertion(() => Assert.Single(page.FindAll(".operation-card[data-state=cancelled]")));
        Assert.Contains("3 pesan tetap seperti semula", page.Find("[data-pace]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OfAFinishedOne_HasItsReceiptAndWhatBecameOfTheMessages()
    {
        var ids = await DeadLetters.AddAsync(ConnectionString, 3, "INV-");
        var planned = await PlanAsync();
        await ExecuteAsync($"delete from outbox_dead where message_id = {ids[1]}");
        await RunAsync(planned.Id);
        await ExecuteAsync($"delete from outbox_queue where message_id = {ids[0]}");

        var page = OpenOne(planned.Id.ToString());

        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll("tbody tr[data-key]").Count));
        Assert.Equal(["done", "skipped", "done"], page.FindAll("tbody td:nth-child(3) .state").Select(state => state.GetAttribute("data-code")));
        Assert.Contains("1 dilewati: sudah tidak gagal lagi", page.Find("[data-skipped-by]").TextContent, StringComparison.Ordinal);
        Assert.Contains("1 sudah terkirim, 1 masih antre, 0 gagal lagi", page.Find("[data-deliveries]").TextContent, StringComparison.Ordinal);
        Assert.Equal($"/operations/{planned.Id}/receipt.csv", page.Find("[data-csv]").GetAttribute("href"));
        await DisposeComponentsAsync();
        var skipped = OpenOne(planned.Id.ToString(), "?reason=not_dead");
        skipped.WaitForAssertion(() => Assert.Equal("INV-2", skipped.Find("tbody [data-row-link]").TextContent.Squeeze()));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("0198f1de-0000-7000-8000-000000000000")]
    public void Page_OfNone_SaysThatThereIsNone(string id)
    {
        var page = OpenOne(id);

        page.WaitForAssertion(() => Assert.Contains("Operasi ini tidak ada", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_ByWhoMayOnlyLook_IsOff()
    {
        await DeadLetters.AddAsync(ConnectionString, 1, "INV-");
        var planned = await PlanAsync();
        Reader.SetRoles(Roles.Viewer);

        var page = OpenOne(planned.Id.ToString());

        page.WaitForAssertion(() => Assert.Equal("true", page.Find("[data-action=start]").GetAttribute("aria-disabled")));
        await page.Find("[data-action=start]").ClickAsync(new());
        Assert.Empty(page.FindAll("dialog textarea"));
    }

    [Fact]
    public void Rights_ThatAreMissing_AreOnRecord()
    {
        var user = new System.Security.Claims.ClaimsPrincipal(new System.Security.Claims.ClaimsIdentity([new(System.Security.Claims.ClaimTypes.Name, "Tono"), new(System.Security.Claims.ClaimTypes.Role, Roles.Viewer)], "test"));

        Assert.False(Services.GetRequiredService<OperationRights>().Has(user, "operation:1", Permissions.OperationsStart));

        Assert.Equal(new RefusedAction("Tono", Permissions.OperationsStart, "operation:1", "forbidden"), Assert.Single(Refused.TakeAll()).Key);
    }

    [Theory]
    [InlineData(new RequeueHarm[0], 10)]
    [InlineData(new[] { RequeueHarm.OrderCancelled }, 6)]
    [InlineData(new[] { RequeueHarm.AlreadyDelivered }, 7)]
    [InlineData(new[] { RequeueHarm.OrderCancelled, RequeueHarm.AlreadyDelivered }, 5)]
    public void Counts_WithoutHarms_CountNothingTwice(RequeueHarm[] excluded, int left)
    {
        var counts = PlanCounts.Read(JsonElement.Parse("""{"total": 10, "byHarms": {"0": 5, "1": 2, "4": 1, "5": 2}}"""));

        Assert.Equal(left, counts.Without(excluded));
        Assert.Equal((4, 0, 3), (counts.With(RequeueHarm.OrderCancelled), counts.With(RequeueHarm.OrderPaid), counts.With(RequeueHarm.AlreadyDelivered)));
    }

    private async Task<PlannedOperation> PlanAsync() =>
        (await Services.GetRequiredService<PlanRequeue>().ExecuteAsync(People.Operator("Rina"), new RequeuePlan(new DeadLetterFilter(), null, [], null), Xunit.TestContext.Current.CancellationToken))!;

    private async Task RunAsync(Guid id)
    {
        var token = Xunit.TestContext.Current.CancellationToken;
        await Services.GetRequiredService<StartOperation>().ExecuteAsync(People.Operator("Rina"), id, new OperationStart("pulih", TimeSpan.Zero, null), token);
        var rows = Services.GetRequiredService<OperationRows>();
        var node = Guid.NewGuid();
        Assert.Equal([id], await rows.ClaimAsync(node, token));
        await rows.RunBatchAsync(id, node, new RequeueRates(), token);
    }

    private IRenderedComponent<TPage> Open<TPage>(string address)
        where TPage : IComponent
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<TPage>();
    }

    private IRenderedComponent<OperationPage> OpenOne(string id, string query = "")
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo($"operations/{id}{query}");
        return Render<OperationPage>(parameters => parameters.Add(page => page.Id, id));
    }
}
