using System.Globalization;
using BuatFilm.Admin.Features.Accounts;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Journeys;
using BuatFilm.Tests.Operations;
using BuatFilm.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Playwright;

namespace BuatFilm.Tests.Browser;

/// <summary>A shift of the four roles with the real program, on one process and on two: what one does, the others see, wherever they are connected.</summary>
[Collection(ProcessTests.Name)]
public sealed class StaffJourneyTests
{
    /// <summary>What each may open; the last column says who may, a letter a role.</summary>
    private static readonly (string Path, string Roles)[] Pages =
    [
        ("/", "VOFA"), ("/breakers", "VOFA"), ("/dead-letters", "VOFA"), ("/orders", "VOFA"), ("/audit", "OFA"), ("/users", "A"), ("/api-keys", "A"),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Shift_OfAllRoles_SeesWhatTheOthersDo(int processes)
    {
        var browser = await Chromium.GetAsync();
        await using var database = await MigratedDatabase.CreateAsync();
        await using var one = new AppProcess(null, ("ConnectionStrings:BuatFilm", database.ConnectionString));
        await using var second = processes == 2 ? new AppProcess(null, ("ConnectionStrings:BuatFilm", database.ConnectionString)) : null;
        await Task.WhenAll(one.StartAsync(), second?.StartAsync() ?? Task.CompletedTask);
        var two = second ?? one;
        await AddPeopleAsync(database.ConnectionString);
        var dead = await DeadLetters.AddAsync(database.ConnectionString, 6, "SHIFT-");
        await using var people = new Shift(browser);

        // Each sees what it may.
        var viewer = await people.SignInAsync(two, Roles.Viewer);
        var @operator = await people.SignInAsync(one, Roles.Operator);
        var finance = await people.SignInAsync(two, Roles.Finance);
        var admin = await people.SignInAsync(one, Roles.Admin);
        if (processes == 1)
        {
            foreach (var (page, role) in new[] { (viewer, 'V'), (@operator, 'O'), (finance, 'F'), (admin, 'A') })
            {
                await SeesItsPagesAsync(page, role);
            }
        }

        // Somebody looks on and may not act.
        await OpenAsync(viewer, $"/dead-letters?item={dead[0]}");
        await viewer.WaitForSelectorAsync(".detail-pane [data-action=requeue][aria-disabled=true]");
        await OpenAsync(finance, "/dead-letters");
        await finance.WaitForFunctionAsync("() => document.querySelectorAll('tbody tr[data-key]').length === 6");

        // One is sent again; both see it.
        await OpenAsync(@operator, $"/dead-letters?item={dead[0]}");
        await @operator.Locator("[data-action=requeue]").ClickAsync();
        await @operator.Locator("dialog[open] [data-confirm]").ClickAsync();
        await @operator.WaitForSelectorAsync(".detail-pane [data-code=sent]");
        await viewer.WaitForSelectorAsync(".detail-pane [data-code=sent]");

        // Many are; the other one watches the rows go.
        await OpenAsync(@operator, "/dead-letters");
        await @operator.Locator("thead input").ClickAsync();
        await @operator.Locator("[data-action=requeue-selected]").ClickAsync();
        await @operator.Locator("#requeue-reason").FillAsync("kotak surat sudah diperbaiki");
        await @operator.Locator("dialog[open] [data-confirm]").ClickAsync();
        await finance.WaitForSelectorAsync("[data-running]");
        await AppHost.EventuallyAsync(async () => await one.ReadAsync<long>("select count(*) from outbox_dead") == 0, "all are sent again", 60);
        await OpenAsync(finance, "/dead-letters");
        await finance.WaitForSelectorAsync("[data-state=empty]");
        await AppHost.EventuallyAsync(async () => await one.ReadAsync<long>("select count(*) from notification_attempts where result = 'delivered'") == 6, "all are delivered", 60);

        // An alert is taken on by one, and the others see that it is.
        await TestPostgres.ExecuteAsync(
            database.ConnectionString,
            "insert into alerts (kind, severity, target, data, dedupe_key) values ('double_payment', 'critical', 'SHIFT-1', '{}', 'double_payment:SHIFT-1')");
        await @operator.WaitForSelectorAsync(".menu a[href='/alerts'] .badge", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        await OpenAsync(@operator, "/alerts?kind=double_payment");
        await @operator.WaitForSelectorAsync("tbody tr[data-key] [data-code=open]");
        await OpenAsync(finance, "/alerts?kind=double_payment");
        await finance.Locator("tbody tr [data-row-link]").First.ClickAsync();
        await finance.Locator("[data-action=acknowledge]").ClickAsync();
        await finance.Locator("dialog[open] [data-confirm]").ClickAsync();
        await @operator.WaitForSelectorAsync("tbody tr[data-key] [data-code=acknowledged]");
        Assert.Equal("Fatimah Finance", await one.ReadAsync<string>("select acknowledged_by from alerts where dedupe_key = 'double_payment:SHIFT-1'"));

        // A message arrives on an open page.
        await OpenAsync(viewer, "/outbox?q=SHIFT-PAID");
        await viewer.WaitForSelectorAsync("[data-state=no-match]");
        await one.PlaceAsync("SHIFT-PAID");
        await one.PayAsync("SHIFT-PAID");
        await viewer.WaitForFunctionAsync("() => document.querySelectorAll('tbody tr[data-key] :is([data-code=sent], [data-code=delivered], [data-code=read])').length === 2");

        // A breaker opens on an open page, and closes there.
        await OpenAsync(viewer, "/breakers");
        await viewer.EvaluateAsync("() => window.notReloaded = true");
        await one.FaultAsync("midtrans", "down");
        var orders = 0;
        await AppHost.EventuallyAsync(
            async () =>
            {
                await one.PlaceAsync(string.Create(CultureInfo.InvariantCulture, $"SHIFT-DOWN-{++orders}"));
                return await one.ReadAsync<long>("select count(*) from breaker_transitions where service = 'midtrans' and to_state = 'open'") > 0;
            },
            "the breaker opens",
            60);
        var isOpen = processes == 1
            ? "() => document.querySelector('[data-service=Midtrans] header [data-state=Open]')"
            : "() => document.querySelector('[data-service=Midtrans] [data-nodes] [data-code=open]')";
        await viewer.WaitForFunctionAsync(isOpen);
        Assert.True(await viewer.EvaluateAsync<bool>("() => window.notReloaded"));
        await one.FaultAsync("midtrans", "ok");
        await viewer.WaitForFunctionAsync("() => !document.querySelector('[data-service=Midtrans] :is([data-state=Open], [data-state=HalfOpen], [data-code=open], [data-code=half_open])')");

        // Who did what is on record.
        await OpenAsync(admin, "/audit");
        await admin.WaitForSelectorAsync("tbody tr[data-key]");
        Assert.Equal(
            "Fatimah Finance, Oki Operator",
            await one.ReadAsync<string>("select string_agg(distinct actor, ', ' order by actor) from audit_log where outcome = 'done' and action in ('alerts:acknowledge', 'dead-letters:requeue', 'operations:start')"));
    }

    private static async Task SeesItsPagesAsync(IPage page, char role)
    {
        foreach (var (path, roles) in Pages)
        {
            await OpenAsync(page, path);
            var refused = await page.Locator("[data-no-right]").CountAsync() > 0;
            Assert.True(refused != roles.Contains(role, StringComparison.Ordinal), $"{role} {(refused ? "may not open" : "may open")} {path}.");
            if (!refused)
            {
                Assert.Equal(1, await page.Locator("main h1").CountAsync());
            }
        }
    }

    private static async Task OpenAsync(IPage page, string path)
    {
        await page.GotoAsync(path);
        await page.LiveAsync();
    }

    private static async Task AddPeopleAsync(string connectionString)
    {
        var hash = new PasswordHasher<Account>().HashPassword(new Account(), SignedIn.Password);
        foreach (var (role, name) in Shift.Names)
        {
            await TestPostgres.ExecuteAsync(
                connectionString,
                $"""
                insert into users (name, normalized_name, role, user_name, normalized_user_name, email, normalized_email, password_hash, security_stamp, concurrency_stamp)
                select n, upper(n), r, m, upper(m), m, upper(m), '{hash}', gen_random_uuid()::text, gen_random_uuid()::text
                from (values ('{name}', '{role}', '{Shift.MailOf(role)}')) as person(n, r, m)
                """);
        }
    }

    /// <summary>Everybody at work, each in a browser of their own.</summary>
    private sealed class Shift(IBrowser browser) : IAsyncDisposable
    {
        public static readonly IReadOnlyDictionary<string, string> Names = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Roles.Viewer] = "Vina Viewer",
            [Roles.Operator] = "Oki Operator",
            [Roles.Finance] = "Fatimah Finance",
            [Roles.Admin] = "Adi Admin",
        };

        private readonly List<IBrowserContext> _contexts = [];

        public static string MailOf(string role) => $"{role}@contoh.id";

        public async Task<IPage> SignInAsync(AppProcess app, string role)
        {
            var context = await browser.NewContextAsync(new BrowserNewContextOptions
            {
                BaseURL = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{app.Port}"),
                Locale = "id-ID",
                ReducedMotion = ReducedMotion.Reduce,
                ViewportSize = new ViewportSize { Width = Look.Desktop.Width, Height = Look.Desktop.Height },
            });
            _contexts.Add(context);
            context.SetDefaultTimeout(60_000);
            var page = await context.NewPageAsync();
            await page.GotoAsync("/glossary");
            await page.FillAsync("#email", MailOf(role));
            await page.FillAsync("#password", SignedIn.Password);
            await page.Locator("[data-submit]").ClickAsync();
            await page.WaitForURLAsync("**/glossary");
            return page;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var context in _contexts)
            {
                await context.DisposeAsync();
            }
        }
    }
}
