using System.Net;
using System.Text.RegularExpressions;
using BuatFilm.Admin.Features.Accounts;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace BuatFilm.Tests.Support;

/// <summary>People of a test, and how they use the pages without a circuit: by their real forms.</summary>
internal static partial class SignedIn
{
    public const string Password = "kopi susu di teras rumah";

    /// <summary>Puts somebody with a role and the test's password into the database.</summary>
    public static async Task<Guid> AddPersonAsync(this AppHost app, string role, string name, string? email = null, string? password = Password)
    {
        var hash = password is null ? null : app.Services.GetRequiredService<Passwords>().Hash(password);
        email ??= $"{name.ToLowerInvariant().Replace(' ', '.')}@contoh.id";
        await using var connection = new NpgsqlConnection(app.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(
            """
            insert into users (name, normalized_name, role, user_name, normalized_user_name, email, normalized_email, password_hash, security_stamp, concurrency_stamp)
            values ($1, upper($1), $2, $3, upper($3), $3, upper($3), $4, gen_random_uuid()::text, gen_random_uuid()::text)
            returning id
            """,
            connection);
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = role });
        command.Parameters.Add(new() { Value = email });
        command.Parameters.Add(new() { Value = (object?)hash ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        return (Guid)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>A browser's client: it keeps cookies, and does not follow redirects.</summary>
    public static HttpClient Browser(this AppHost app) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true, CookieContainer = new CookieContainer() }) { BaseAddress = app.Address, Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Adds somebody with the role and signs them in by the real form.</summary>
    public static async Task<HttpClient> SignInAsync(this AppHost app, string role, string name)
    {
        await app.AddPersonAsync(role, name);
        var browser = app.Browser();
        using var answer = await browser.SignInAsync($"{name.ToLowerInvariant().Replace(' ', '.')}@contoh.id");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return browser;
    }

    public static Task<HttpResponseMessage> SignInAsync(this HttpClient browser, string email, string password = Password, string page = "/account/sign-in") =>
        browser.PostFormAsync(page, "sign-in", ("Form.Email", email), ("Form.Password", password));

    /// <summary>Opens a page, fills the form with this name in, and sends it.</summary>
    public static async Task<HttpResponseMessage> PostFormAsync(this HttpClient browser, string page, string form, params (string Name, string Value)[] values)
    {
        using var shown = await browser.GetAsync(page, TestContext.Current.CancellationToken);
        var html = await shown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return await browser.PostAsync(page, form, TokenIn(html), values);
    }

    public static async Task<HttpResponseMessage> PostAsync(this HttpClient browser, string address, string? form, string? token, params (string Name, string Value)[] values)
    {
        var fields = values.Select(value => KeyValuePair.Create(value.Name, value.Value)).ToList();
        if (form is not null)
        {
            fields.Add(KeyValuePair.Create("_handler", form));
        }

        if (token is not null)
        {
            fields.Add(KeyValuePair.Create("__RequestVerificationToken", token));
        }

        using var content = new FormUrlEncodedContent(fields);
        return await browser.PostAsync(new Uri(address, UriKind.Relative), content, TestContext.Current.CancellationToken);
    }

    /// <summary>The token of the page's forms.</summary>
    public static string TokenIn(string html)
    {
        var match = Token().Match(html);
        Assert.True(match.Success, $"The page has no form: {html}");
        return match.Groups["token"].Value;
    }

    public static async Task<string> TextAsync(this HttpResponseMessage answer) => WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    public static async Task<string> PageAsync(this HttpClient browser, string address)
    {
        using var answer = await browser.GetAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
        return await answer.TextAsync();
    }

    public static async Task<HttpStatusCode> StatusAsync(this HttpClient browser, string address)
    {
        using var answer = await browser.GetAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>The path with its query that an answer leads to.</summary>
    public static string LeadsTo(this HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var location = answer.Headers.Location!;
        return location.IsAbsoluteUri ? location.PathAndQuery : location.OriginalString;
    }

    public static string? Query(string address, string name) =>
        QueryHelpers.ParseQuery(new Uri(new Uri("http://test.example"), address).Query).TryGetValue(name, out var values) ? values[0] : null;

    [GeneratedRegex("""name="__RequestVerificationToken" value="(?<token>[^"]+)["]""", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Token();
}
