using System.Security.Claims;
using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Accounts.Pages;

/// <summary>One's own account: who one is here, and another password. That ends all other sessions.</summary>
public sealed partial class AccountPage
{
    private string? _name;
    private string? _email;
    private string? _role;
    private string? _fault;
    private bool _isChanged;

    [SupplyParameterFromForm(FormName = "change-password")]
    public ChangePasswordForm? Form { get; set; }

    [CascadingParameter]
    public required HttpContext HttpContext { get; set; }

    [Inject]
    public required IServiceProvider Services { get; init; }

    [Inject]
    public required IStringLocalizer<AccountTexts> Texts { get; init; }

    protected override void OnInitialized()
    {
        var user = HttpContext.User;
        (_name, _email, _role) = (user.FindFirstValue(AccessClaims.DisplayName) ?? user.Identity?.Name, user.Identity?.Name, user.FindFirstValue(ClaimTypes.Role) ?? Roles.Viewer);
    }

    private async Task ChangeAsync()
    {
        if (!Guid.TryParse(HttpContext.User.FindFirstValue(ClaimTypes.NameIdentifier), out var id))
        {
            _fault = AccountFaults.KeyOf(SetPassword.WrongPassword);
            return;
        }

        var fault = await Services.GetRequiredService<SetPassword>().ChangeAsync(id, Form?.Current, Form?.Password, HttpContext.RequestAborted);
        if (fault is not null)
        {
            _fault = AccountFaults.KeyOf(fault);
            return;
        }

        // This session goes on, with the new stamp.
        var account = await Services.GetRequiredService<UserManager<Account>>().FindByIdAsync(id.ToString());
        await Services.GetRequiredService<SignInManager<Account>>().SignInAsync(account!, isPersistent: false);
        _isChanged = true;
    }
}

public sealed class ChangePasswordForm
{
    public string? Current { get; set; }

    public string? Password { get; set; }
}
