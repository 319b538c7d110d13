using BuatFilm.Admin.Features.Idempotency;
using BuatFilm.Tests.Shell;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Idempotency;

public sealed class IdempotencyPageTests : FeaturePages
{
    private const string Scope = "toko|POST|/api/v1/orders";

    [Fact]
    public async Task Page_WithKeys_SaysWhatBecameOfEach_NewestFirst()
    {
        await StoreAsync();

        var page = Open("idempotency");

        page.WaitForAssertion(() => Assert.Equal(["kunci-4", "kunci-3", "kunci-2", "kunci-1"], Titles(page)));
        Assert.Equal(["running", "interrupted", "in_doubt", "done"], page.FindAll("tbody .state").Select(state => state.GetAttribute("data-code")));
        var done = page.FindAll("tbody tr")[3].TextContent.Squeeze();
        Assert.Contains("INV-1", done, StringComparison.Ordinal);
        Assert.Contains("201", done, StringComparison.Ordinal);
        Assert.Contains("toko: POST /api/v1/orders", done, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Filtered_ShowsWhatMatches()
    {
        await StoreAsync();

        await ShowsAsync("idempotency?state=in_doubt", "kunci-2");
        await ShowsAsync("idempotency?state=running", "kunci-4", "kunci-3");
        await ShowsAsync("idempotency?q=kunci-1", "kunci-1");
        await ShowsAsync("idempotency?q=inv-1", "kunci-1");
        await ShowsAsync("idempotency?at-to=2020-01-01");
    }

    [Fact]
    public void Page_WithoutKeys_SaysWhatWillCome()
    {
        var page = Open("idempotency");

        page.WaitForAssertion(() => Assert.Contains("Belum ada kunci", page.Find("[data-state=empty]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Details_OfAnAnsweredKey_SayWhatARepetitionGets_AndNeverTheAnswerItself()
    {
        await StoreAsync();
        var list = Open("idempotency?state=done");
        list.WaitForAssertion(() => Assert.Single(Titles(list)));
        var key = list.Find("tbody tr[data-key]").GetAttribute("data-key")!;

        var page = Open($"idempotency?item={key}");

        page.WaitForAssertion(() => Assert.Contains("jawaban yang sama diulang", page.Find("[data-meaning=done]").TextContent, StringComparison.Ordinal));
        Assert.Contains("halaman pembayaran siap", page.Find("[data-key=status]").TextContent, StringComparison.Ordinal);
        Assert.Equal(new string('a', 64), page.Find("[data-key=fingerprint] code").TextContent);
        Assert.Equal("/orders/INV-1", page.Find("[data-order]").GetAttribute("href"));
        Assert.DoesNotContain("rahasia", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Details_OfAVeryLongKey_AreFoundByItsDigest()
    {
        var key = new string('k', 255);
        await ExecuteAsync(Insert(key, "done", "1 minute", "status = 201, body = ''"));
        var list = Open("idempotency");
        list.WaitForAssertion(() => Assert.Single(Titles(list)));
        var id = list.Find("tbody tr[data-key]").GetAttribute("data-key")!;

        var page = Open($"idempotency?item={id}");

        Assert.Equal(IdempotencyRow.Digest(Scope, key), id);
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-meaning=done]")));
    }

    [Fact]
    public void Details_OfNoKey_SayThatThereIsNone()
    {
        var page = Open("idempotency?item=x");

        page.WaitForAssertion(() => Assert.Contains("tidak ada, atau sudah dihapus", page.Find(".detail-pane").TextContent, StringComparison.Ordinal));
    }

    // The keys are as long as they may be, and so is what the link to the next page says of them.
    [Fact]
    public async Task Page_AfterALongKey_IsTheNext()
    {
        for (var number = 1; number <= 51; number++)
        {
            await ExecuteAsync(Insert($"{number:000}-{new string('k', 251)}", "running", $"{number} minutes", "attempt = 1"));
        }

        var page = Open("idempotency");
        page.WaitForAssertion(() => Assert.Equal(50, Titles(page).Count));
        page = Open(page.Find("[rel=next]").GetAttribute("href")!);

        page.WaitForAssertion(() => Assert.StartsWith("051-", Assert.Single(Titles(page)), StringComparison.Ordinal));
    }

    private Task StoreAsync() => ExecuteAsync(
        Insert("kunci-1", "done", "4 minutes", "status = 201, body = 'rahasia', resource_id = 'INV-1'")
        + Insert("kunci-2", "in_doubt", "3 minutes", "attempt = 2")
        + Insert("kunci-3", "running", "2 minutes", "lease_until = app_now() - interval '1 minute'")
        + Insert("kunci-4", "running", "1 minute", "attempt = 1"));

    // Written running and then changed, as the program does it; the constraint holds at both steps.
    private static string Insert(string key, string state, string ago, string set) =>
        $"""
        insert into idempotency_store (scope, key, fingerprint, state, owner, lease_until, attempt, created_at, expires_at)
        values ('{Scope}', '{key}', decode(repeat('aa', 32), 'hex'), 'running', gen_random_uuid(), app_now() + interval '1 hour', 1, app_now() - interval '{ago}', app_now() + interval '3 days');
        update idempotency_store set state = '{state}', {set} where key = '{key}';
        """;

    private IRenderedComponent<IdempotencyPage> Open(string address)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<IdempotencyPage>();
    }

    private async Task ShowsAsync(string address, params string[] titles)
    {
        var page = Open(address);
        page.WaitForAssertion(() => Assert.Equal(titles, Titles(page)));
        if (titles.Length == 0)
        {
            page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-state=no-match]")));
        }

        await DisposeComponentsAsync();
    }

    private static List<string> Titles(IRenderedComponent<IdempotencyPage> page) => [.. page.FindAll("tbody tr[data-key] [data-row-link]").Select(link => link.TextContent.Squeeze())];
}
