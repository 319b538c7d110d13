using BuatFilm.Core.Orders;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Accounts.Pages;

/// <summary>Makes the first account, for whoever has the link that the start printed.</summary>
public sealed partial class SetupPage
{
    private bool _isOpen;
    private string? _fault;

    [SupplyParameterFromForm(FormName = "setup")]
    public SetupForm? Form { get; set; }

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

    protected override async Task OnInitializedAsync() =>
        _isOpen = Services.GetRequiredService<SetupLink>().IsGood(Token) && await Services.GetRequiredService<CreateFirstAccount>().IsDueAsync(HttpContext.RequestAborted);

    private async Task CreateAsync()
    {
        var (name, email) = (Form?.Name?.Trim(), Form?.Email?.Trim());
        _fault = !_isOpen ? "BadLink"
            : name is not { Length: >= 1 and <= 100 } ? "Name"
            : !EmailAddress.IsValid(email) ? "Email"
            : PasswordRules.Fault(Form?.Password, email, name) is { } fault ? AccountFaults.KeyOf(fault)
            : null;
        if (_fault is not null)
        {
            return;
        }

        if (await Services.GetRequiredService<CreateFirstAccount>().ExecuteAsync(email!, name!, Form!.Password!, HttpContext.RequestAborted) is not { } id)
        {
            _isOpen = false; // Somebody was quicker.
            return;
        }

        var account = await Services.GetRequiredService<UserManager<Account>>().FindByIdAsync(id.ToString());
        await Services.GetRequiredService<SignInManager<Account>>().SignInAsync(account!, isPersistent: false);
        Navigation.NavigateTo("/");
    }
}

public sealed class SetupForm
{
    public string? Name { get; set; }

    public string? Email { get; set; }

    public string? Password { get; set; }
}
