using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Accounts.Pages;

/// <summary>The way in. Leads on to where somebody wanted to go.</summary>
public sealed partial class SignInPage
{
    private string? _fault;

    [SupplyParameterFromForm(FormName = "sign-in")]
    public SignInForm? Form { get; set; }

    [SupplyParameterFromQuery]
    public string? ReturnUrl { get; set; }

    /// <summary>What somebody comes from: <c>password</c> when they have just set theirs.</summary>
    [SupplyParameterFromQuery]
    public string? Done { get; set; }

    [CascadingParameter]
    public required HttpContext HttpContext { get; set; }

    [Inject]
    public required IServiceProvider Services { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Inject]
    public required IStringLocalizer<AccountTexts> Texts { get; init; }

    protected override void OnInitialized()
    {
        if (Form is null && StaffOnly.IsStaff(HttpContext.User))
        {
            Navigation.NavigateTo(LocalPath.Of(ReturnUrl));
        }
    }

    private async Task SignInAsync()
    {
        var account = await Services.GetRequiredService<SignInByPassword>().ExecuteAsync(Form?.Email, Form?.Password, HttpContext.RequestAborted);
        if (account is null)
        {
            _fault = "SignIn";
            return;
        }

        await Services.GetRequiredService<SignInManager<Account>>().SignInAsync(account, isPersistent: false);
        Navigation.NavigateTo(LocalPath.Of(ReturnUrl));
    }
}

public sealed class SignInForm
{
    public string? Email { get; set; }

    public string? Password { get; set; }
}
