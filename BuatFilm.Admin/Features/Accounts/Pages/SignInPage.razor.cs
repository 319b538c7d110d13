using BuatFilm.Admin.Data;
using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Accounts.Pages;

/// <summary>Where people sign in, and are led back to where they wanted to go.</summary>
public sealed partial class SignInPage
{
    private string? _problem;
    private string? _news;

    [CascadingParameter]
    public required HttpContext HttpContext { get; set; }

    [SupplyParameterFromQuery(Name = "returnUrl")]
    public string? ReturnUrl { get; set; }

    /// <summary>What has just been done: <c>left</c>, <c>ended</c>, <c>password</c>, <c>setup</c>.</summary>
    [SupplyParameterFromQuery(Name = "done")]
    public string? Done { get; set; }

    [SupplyParameterFromForm(FormName = "sign-in")]
    public SignInForm? Form { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Inject]
    public required IStringLocalizer<AccountTexts> Texts { get; init; }

    [Inject]
    internal SignInAccount SignIn { get; init; } = null!;

    [Inject]
    internal SignInManager<Account> Sessions { get; init; } = null!;

    [Inject]
    internal AccountQueries Accounts { get; init; } = null!;

    [Inject]
    public required IHostEnvironment Environment { get; init; }

    /// <summary>A browser would drop the session's cookie, and the way would lead back here without a word.</summary>
    private bool IsInTheClear => !HttpContext.Request.IsHttps && !Environment.IsDevelopment();

    private string Target => LocalPath.IsHere(ReturnUrl) ? ReturnUrl : "/";

    protected override async Task OnInitializedAsync()
    {
        if (HttpContext.User.Identity is { IsAuthenticated: true } && HttpMethods.IsGet(HttpContext.Request.Method))
        {
            Navigation.NavigateTo(Target, forceLoad: true);
            return;
        }

        if (IsInTheClear)
        {
            _problem = Texts["SignIn.InTheClear"];
            return;
        }

        try
        {
            _news = Done switch
            {
                "left" => Texts["SignIn.Left"].Value,
                "ended" => Texts["SignIn.Ended"].Value,
                "password" => Texts["SignIn.PasswordSaved"].Value,
                "setup" => Texts["SignIn.SetUp"].Value,
                _ => await Accounts.IsAnyoneThereAsync(HttpContext.RequestAborted) ? null : Texts["SignIn.NoAccounts"].Value,
            };
        }
        catch (Exception exception) when (DatabaseOutage.Is(exception))
        {
            _problem = Texts["Problem.Database"];
        }
    }

    private async Task SignInAsync()
    {
        if (IsInTheClear)
        {
            return;
        }

        try
        {
            var id = await SignIn.ExecuteAsync(Form?.Email, Form?.Password, HttpContext.RequestAborted);
            if (id is not null && await Sessions.UserManager.FindByIdAsync(id.Value.ToString()) is { } account)
            {
                await Sessions.SignInAsync(account, isPersistent: false);
                Navigation.NavigateTo(Target, forceLoad: true);
                return;
            }

            _problem = Texts["SignIn.Wrong", SignInAccount.MaxFailures, SignInAccount.Pause.TotalMinutes];
        }
        catch (Exception exception) when (DatabaseOutage.Is(exception) || (exception.InnerException is { } inner && DatabaseOutage.Is(inner)))
        {
            _problem = Texts["Problem.Database"];
        }
    }
}

/// <summary>What the sign-in form sends.</summary>
public sealed class SignInForm
{
    public string? Email { get; set; }

    public string? Password { get; set; }
}
