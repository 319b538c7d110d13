using BuatFilm.Admin.Data;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Accounts.Pages;

/// <summary>Asks for a link to choose another password. The answer is the same for every address.</summary>
public sealed partial class ForgotPasswordPage
{
    private bool _isSent;
    private string? _problem;

    [CascadingParameter]
    public required HttpContext HttpContext { get; set; }

    [SupplyParameterFromForm(FormName = "forgot")]
    public ForgotForm? Form { get; set; }

    [Inject]
    public required IStringLocalizer<AccountTexts> Texts { get; init; }

    [Inject]
    internal RequestPasswordReset Request { get; init; } = null!;

    private async Task AskAsync()
    {
        try
        {
            await Request.ExecuteAsync(Form?.Email, HttpContext.RequestAborted);
            _isSent = true;
        }
        catch (Exception exception) when (DatabaseOutage.Is(exception))
        {
            _problem = Texts["Problem.Database"];
        }
    }
}

/// <summary>What the form sends.</summary>
public sealed class ForgotForm
{
    public string? Email { get; set; }
}
