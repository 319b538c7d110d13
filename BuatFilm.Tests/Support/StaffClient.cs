using System.Net;
using System.Text.RegularExpressions;
using BuatFilm.Admin.Features.Accounts;
using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace BuatFilm.Tests.Support;

/// <summary>A browser without a screen: keeps cookies, fills in the forms of pages, and follows no redirect by itself.</summary>
internal sealed partial class StaffClient : IDisposable
{
    public const string Password = "kopi tubruk pagi 47";

    private readonly HttpClient _http;

    public StaffClient(AppHost app)
        : this(app.Address)
    {
    }

    public StaffClient(Uri address) => _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Puts an account with <see cref="Password"/> into the database.</summary>
    public static async Task<Guid> AddAccountAsync(AppHost app, string email, string role = Roles.Viewer, string name = "Rina Wulandari")
    {
        var id = Guid.CreateVersion7();
        var hash = app.Services.GetRequiredService<IPasswordHasher<Account>>().HashPassword(new Account { DisplayName = name, Role = role }, Password);
        await using var connection = new NpgsqlConnection(app.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        Assert.True(await AccountRows.AddAsync(connection, id, email, name, role, hash, TestContext.Current.CancellationToken));
        return id;
    }

    /// <summary>Somebody new with the role, signed in by the form.</summary>
    public static async Task<StaffClient> SignedInAsync(AppHost app, string role)
    {
        var email = $"{role.ToLowerInvariant()}-{Guid.NewGuid():N}@buatfilm.test";
        await AddAccountAsync(app, email, role);
        var client = new StaffClient(app);
        Assert.Equal("/", (await client.SignInAsync(email)).Location);
        return client;
    }

    public Task<PageAnswer> SignInAsync(string email, string password = Password, string query = "") =>
        FillAsync($"/account/sign-in{query}", ("Form.Email", email), ("Form.Password", password));

    public async Task<PageAnswer> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return await PageAnswer.ReadAsync(response);
    }

    /// <summary>Opens the page and sends its form, with the fields that the page itself has hidden in it.</summary>
    public async Task<PageAnswer> FillAsync(string path, params (string Name, string Value)[] fields)
    {
        var page = await GetAsync(path);
        Assert.Equal(200, page.Status);
        var hidden = HiddenField().Matches(page.Body).Select(match => (match.Groups["name"].Value, WebUtility.HtmlDecode(match.Groups["value"].Value)));
        return await PostAsync(path, [.. hidden, .. fields]);
    }

    public async Task<PageAnswer> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return await PageAnswer.ReadAsync(response);
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)"\s*/?>""", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex HiddenField();
}

/// <param name="Location">Where the browser is sent; null when nowhere.</param>
internal sealed record PageAnswer(int Status, string? Location, string Body)
{
    public static async Task<PageAnswer> ReadAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        response.Headers.Location is { IsAbsoluteUri: true } absolute ? absolute.PathAndQuery : response.Headers.Location?.ToString(),
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
}
