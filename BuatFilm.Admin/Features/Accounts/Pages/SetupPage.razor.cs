using System.Globalization;
using BuatFilm.Admin.Data;
using BuatFilm.Core.Accounts;
using BuatFilm.Core.Orders;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Accounts.Pages;

/// <summary>Makes the first account, by the link that the start printed.</summary>
public sealed partial class SetupPage
{
    private bool _isGone;
    private string? _problem;
    private string? _nameProblem;
    private string? _emailProblem;
    private string? _passwordProblem;

    [CascadingParameter]
    public required HttpContext HttpContext { get; set; }

    [SupplyParameterFromQuery(Name = "token")]
    public string? Token { get; set; }

    [SupplyParameterFromForm(FormName = "setup")]
    public SetupForm? Form { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Inject]
    public required IStringLocalizer<AccountTexts> Texts { get; init; }

    [Inject]
    internal SetUpFirstAccount SetUp { get; init; } = null!;

    protected override async Task OnInitializedAsync()
    {
        if (HttpMethods.IsPost(HttpContext.Request.Method))
        {
            return; // What is sent finds its form on the page, and learns there that the link is gone.
        }

        try
        {
            _isGone = !await SetUp.IsGoodAsync(Token, HttpContext.RequestAborted);
        }
        catch (Exception exception) when (DatabaseOutage.Is(exception))
        {
            _problem = Texts["Problem.Database"];
        }
    }

    private async Task SetUpAsync()
    {
        var name = PersonName.Clean(Form?.Name);
        var email = (Form?.Email ?? "").Trim();
        _nameProblem = PersonName.IsValid(name) ? null : Texts["Problem.Name"].Value;
        _emailProblem = EmailAddress.IsValid(email) ? null : Texts["Problem.Email"].Value;
        _passwordProblem = PasswordWords.Of(PasswordRule.ProblemOf(Form?.Password, email), Texts);
        if (_nameProblem is not null || _emailProblem is not null || _passwordProblem is not null)
        {
            _problem = Texts["Problem.Summary"];
            return;
        }

        try
        {
            var locale = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" ? "en" : "id";
            if (await SetUp.ExecuteAsync(Token, name, email, Form!.Password!, locale, isUnattended: false, HttpContext.RequestAborted) is null)
            {
                _isGone = true;
                return;
            }

            Navigation.NavigateTo($"{AccountsFeature.SignInPath}?done=setup", forceLoad: true);
        }
        catch (Exception exception) when (DatabaseOutage.Is(exception))
        {
            _problem = Texts["Problem.Database"];
        }
    }
}

/// <summary>What the set-up form sends.</summary>
public sealed class SetupForm
{
    public string? Name { get; set; }

    public string? Email { get; set; }

    public string? Password { get; set; }
}
