using System.Net;
using BuatFilm.Admin.Features.Accounts;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Accounts;

/// <summary>Signing in and out, by the real forms.</summary>
public sealed class SignInTests(AppHost app) : IClassFixture<AppHost>
{
    [Fact]
    public async Task Page_WithoutASession_LeadsToTheSignInAndBack()
    {
        await app.AddPersonAsync(Roles.Viewer, "Wayan Sudana");
        using var browser = app.Browser();
        using var turnedAway = await browser.GetAsync("/glossary?q=x", TestContext.Current.CancellationToken);
        var signIn = turnedAway.LeadsTo();
        Assert.StartsWith("/account/sign-in?", signIn, StringComparison.Ordinal);
        Assert.Equal("/glossary?q=x", SignedIn.Query(signIn, "returnUrl"));

        using var answer = await browser.SignInAsync("wayan.sudana@contoh.id", page: signIn);

        Assert.Equal("/glossary?q=x", answer.LeadsTo());
        Assert.Equal(HttpStatusCode.OK, await browser.StatusAsync("/glossary"));
        Assert.Contains("Wayan Sudana", await browser.PageAsync("/glossary"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookie_OfASession_CannotBeReadByScriptsNorSentFromOtherSites()
    {
        await app.AddPersonAsync(Roles.Viewer, "Kadek Ayu");
        using var browser = app.Browser();

        using var answer = await browser.SignInAsync("kadek.ayu@contoh.id");

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), value => value.StartsWith("buatfilm-session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/")]
    [InlineData("/\\elsewhere.example/")]
    [InlineData("/\t/elsewhere.example")]
    [InlineData("javascript:alert(1)")]
    public async Task ReturnUrl_ToElsewhere_LeadsHome(string returnUrl)
    {
        var name = $"Orang {Guid.NewGuid():N}";
        await app.AddPersonAsync(Roles.Viewer, name, $"{name[6..]}@contoh.id");
        using var browser = app.Browser();

        using var answer = await browser.SignInAsync($"{name[6..]}@contoh.id", page: $"/account/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}");

        Assert.Equal("/", answer.LeadsTo());
    }

    [Fact]
    public async Task SignIn_ForAWrongPasswordAnUnknownALockedAndAnInvitedPerson_AnswersTheSame()
    {
        await app.AddPersonAsync(Roles.Viewer, "Agus Salim");
        await app.AddPersonAsync(Roles.Viewer, "Undangan Baru", password: null);
        var locked = await app.AddPersonAsync(Roles.Viewer, "Terkunci Rapat");
        await app.ReadAsync<DateTime>("update users set locked_at = app_now() where id = $1 returning locked_at", locked);

        var answers = new List<string>();
        foreach (var (email, password) in new[] { ("agus.salim@contoh.id", "salah sama sekali"), ("tiada@contoh.id", SignedIn.Password), ("terkunci.rapat@contoh.id", SignedIn.Password), ("undangan.baru@contoh.id", "") })
        {
            using var browser = app.Browser();
            using var answer = await browser.SignInAsync(email, password);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.False(answer.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(cookie => cookie.StartsWith("buatfilm-session", StringComparison.Ordinal)));
            answers.Add(ProblemIn(await answer.TextAsync()));
        }

        Assert.NotEqual("", answers[0]);
        Assert.Single(answers.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task SignIn_ForAnUnknownAddress_ComparesAPasswordAllTheSame()
    {
        await app.AddPersonAsync(Roles.Viewer, "Bima Sakti");
        using var browser = app.Browser();
        await TimeAsync("bima.sakti@contoh.id");
        await TimeAsync("tiada@contoh.id");

        var known = new List<double>();
        var unknown = new List<double>();
        for (var round = 0; round < 3; round++)
        {
            known.Add(await TimeAsync("bima.sakti@contoh.id"));
            unknown.Add(await TimeAsync("tiada@contoh.id"));
        }

        // A hash takes many times what a request takes without one; a third is far from both.
        Assert.True(unknown.Min() > known.Min() / 3, $"{string.Join(' ', unknown)} against {string.Join(' ', known)}");

        async Task<double> TimeAsync(string email)
        {
            var token = SignedIn.TokenIn(await browser.PageAsync("/account/sign-in"));
            var started = TimeProvider.System.GetTimestamp();
            using var answer = await browser.PostAsync("/account/sign-in", "sign-in", token, ("Form.Email", email), ("Form.Password", "salah sama sekali"));
            return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
        }
    }

    [Fact]
    public async Task SignIn_AfterFiveWrongPasswords_PausesEvenForTheRightOne()
    {
        var id = await app.AddPersonAsync(Roles.Viewer, "Citra Lestari");
        using var browser = app.Browser();
        var token = SignedIn.TokenIn(await browser.PageAsync("/account/sign-in"));

        // At once: none of them may slip past the count of another.
        var guesses = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => TryAsync("salah sama sekali")));
        Assert.All(guesses, Assert.False);
        Assert.False(await TryAsync(SignedIn.Password));
        Assert.Equal(SignInAccount.MaxFailures, await app.ReadAsync<int>("select access_failed_count from users where id = $1", id));
        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from audit_log where action = 'account:paused' and target = 'user:' || $1::text", id));

        await app.ReadAsync<int>("update users set lockout_end = app_now() - interval '1 second' where id = $1 returning 1", id);

        Assert.True(await TryAsync(SignedIn.Password));
        Assert.Equal(0, await app.ReadAsync<int>("select access_failed_count from users where id = $1", id));

        async Task<bool> TryAsync(string password)
        {
            using var answer = await browser.PostAsync("/account/sign-in", "sign-in", token, ("Form.Email", "citra.lestari@contoh.id"), ("Form.Password", password));
            return answer.StatusCode == HttpStatusCode.Redirect;
        }
    }

    [Theory]
    [InlineData("/account/sign-in", "sign-in")]
    [InlineData("/account/forgot-password", "forgot")]
    public async Task Form_WithoutItsToken_IsRefused(string page, string form)
    {
        using var browser = app.Browser();
        await browser.PageAsync(page);

        using var answer = await browser.PostAsync(page, form, token: null, ("Form.Email", "tiada@contoh.id"), ("Form.Password", SignedIn.Password));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task SignOut_NeedsItsToken_AndEndsTheSession()
    {
        using var browser = await app.SignInAsync(Roles.Viewer, "Dewi Sartika");
        using var forged = await browser.PostAsync("/account/sign-out", null, token: null);
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await browser.StatusAsync("/account"));

        using var answer = await browser.PostAsync("/account/sign-out", null, SignedIn.TokenIn(await browser.PageAsync("/account")));

        Assert.Equal("/account/sign-in?done=left", answer.LeadsTo());
        Assert.Equal(HttpStatusCode.Redirect, await browser.StatusAsync("/account"));
        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from audit_log where actor = 'Dewi Sartika' and action = 'account:sign-out'"));
        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from audit_log where actor = 'Dewi Sartika' and action = 'account:sign-in'"));
    }

    [Fact]
    public async Task SignIn_FromOneAddressTooOften_IsLimitedOnAPage()
    {
        await using var limited = await AppHost.StartAsync(("RateLimits:Enabled", "true"), ("RateLimits:SignInPerMinute", "3"));
        using var browser = limited.Browser();
        var token = SignedIn.TokenIn(await browser.PageAsync("/account/sign-in"));
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var wrong = await browser.PostAsync("/account/sign-in", "sign-in", token, ("Form.Email", "tiada@contoh.id"), ("Form.Password", "salah"));
            Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        }

        using var answer = await browser.PostAsync("/account/sign-in", "sign-in", token, ("Form.Email", "tiada@contoh.id"), ("Form.Password", "salah"));

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Contains("Terlalu banyak percobaan", await answer.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await browser.StatusAsync("/account/sign-in"));
    }

    [Fact]
    public async Task ChangePassword_EndsTheOtherSessions_AndKeepsThisOne()
    {
        using var here = await app.SignInAsync(Roles.Operator, "Eko Prasetyo");
        using var elsewhere = app.Browser();
        (await elsewhere.SignInAsync("eko.prasetyo@contoh.id")).Dispose();
        using var wrong = await here.PostFormAsync("/account", "password", ("Form.Current", "bukan ini kata sandinya"), ("Form.Next", "nasi goreng tengah malam"));
        Assert.Contains("Kata sandi sekarang salah", await wrong.TextAsync(), StringComparison.Ordinal);

        using var answer = await here.PostFormAsync("/account", "password", ("Form.Current", SignedIn.Password), ("Form.Next", "nasi goreng tengah malam"));

        Assert.Equal("/account?done=password", answer.LeadsTo());

        // On record as what it was: two sign-ins before, a wrong try to change, and the change.
        await AppHost.EventuallyAsync(
            async () => await app.ReadAsync<string>("select string_agg(action || ' ' || outcome, ', ' order by action, outcome) from audit_log where actor = 'Eko Prasetyo'")
                == "account:change-password done, account:change-password refused, account:sign-in done, account:sign-in done",
            "exactly that is on record");
        Assert.Equal(HttpStatusCode.OK, await here.StatusAsync("/account"));
        await AppHost.EventuallyAsync(async () => await elsewhere.StatusAsync("/account") == HttpStatusCode.Redirect, "the other session ends", seconds: 60);
        Assert.Equal(HttpStatusCode.OK, await here.StatusAsync("/account"));
    }

    private static string ProblemIn(string html)
    {
        var start = html.IndexOf("form-problem", StringComparison.Ordinal);
        return start < 0 ? "" : html[start..html.IndexOf("</p>", start, StringComparison.Ordinal)];
    }
}
