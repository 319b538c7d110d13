using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Accounts.Pages;

/// <summary>Takes the link of an invitation or of a reset, and a new password.</summary>
public sealed partial class SetPasswordPage
{
    private LinkPurpose _purpose;
    private string? _email;
    private string? _fault;

    [SupplyParameterFromForm(FormName = "password")]
    public NewPasswordForm? Form { get; set; }

    [SupplyParameterFromQuery]
    public string? Account { get; set; }

    [SupplyParameterFromQuery]
    public string? For { get; set; }

    [SupplyParameterFromQuery]
    public string? Token { get; set; }

    [CascadingParameter]
    public required HttpContext HttpContext { get; set; }

    [Inject]
    public required IServiceProvider Services { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Inject]
    public required IStringLocalizer<AccountTexts> Texts { get; init; }

    protected override async Task OnInitializedAsync()
    {
        // The address has the token: it is told to nobody else.
        HttpContext.Response.Headers["Referrer-Policy"] = "no-referrer";
        HttpContext.Response.Headers.CacheControl = "no-store";
        _purpose = For == LinkPurpose.Invitation.Provider() ? LinkPurpose.Invitation : LinkPurpose.Reset;
        _email = (await Services.GetRequiredService<AccountLinks>().FindAsync(Account, _purpose, Token))?.Email;
    }

    private async Task SetAsync()
    {
        switch (await Services.GetRequiredService<SetPassword>().ExecuteAsync(Account, _purpose, Token, Form?.Password, HttpContext.RequestAborted))
        {
            case null:
                Navigation.NavigateTo("/account/sign-in?done=password");
                break;
            case SetPassword.BadLink:
                _email = null;
                break;
            case { } fault:
                _fault = AccountFaults.KeyOf(fault);
                break;
        }
    }
}

public sealed class NewPasswordForm
{
    public string? Password { get; set; }
}
