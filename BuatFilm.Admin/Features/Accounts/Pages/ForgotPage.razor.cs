using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Accounts.Pages;

/// <summary>Asks for a link to set another password. Says the same whoever asks.</summary>
public sealed partial class ForgotPage
{
    private bool _isSent;

    [SupplyParameterFromForm(FormName = "forgot")]
    public ForgotForm? Form { get; set; }

    [CascadingParameter]
    public required HttpContext HttpContext { get; set; }

    [Inject]
    public required IServiceProvider Services { get; init; }

    [Inject]
    public required IStringLocalizer<AccountTexts> Texts { get; init; }

    private async Task SendAsync()
    {
        await Services.GetRequiredService<RequestPasswordReset>().ExecuteAsync(Form?.Email, HttpContext.RequestAborted);
        _isSent = true;
    }
}

public sealed class ForgotForm
{
    public string? Email { get; set; }
}
