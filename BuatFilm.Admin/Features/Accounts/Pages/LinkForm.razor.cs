using BuatFilm.Admin.Data;
using BuatFilm.Core.Accounts;
using Microsoft.AspNetCore.Components;

namespace BuatFilm.Admin.Features.Accounts.Pages;

/// <summary>Takes a password from whoever holds a link; for invitations and for forgotten passwords.</summary>
public sealed partial class LinkForm
{
    private LinkHolder? _holder;
    private bool _isGone;
    private string? _problem;
    private string? _passwordProblem;

    [Parameter]
    [EditorRequired]
    public AccountLinkPurpose Purpose { get; set; }

    [Parameter]
    [EditorRequired]
    public string? Token { get; set; }

    [CascadingParameter]
    public required HttpContext HttpContext { get; set; }

    [SupplyParameterFromForm(FormName = "link")]
    public PasswordForm? Form { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Inject]
    internal SetPasswordByLink SetPassword { get; init; } = null!;

    // What is sent finds its form on the page, and learns there that the link is gone.
    protected override Task OnInitializedAsync() => HttpMethods.IsPost(HttpContext.Request.Method) ? Task.CompletedTask : FindAsync();

    private async Task FindAsync()
    {
        try
        {
            _holder = await SetPassword.FindAsync(Token, Purpose, HttpContext.RequestAborted);
            _isGone = _holder is null;
        }
        catch (Exception exception) when (DatabaseOutage.Is(exception))
        {
            _problem = Texts["Problem.Database"];
        }
    }

    private async Task SaveAsync()
    {
        await FindAsync();
        if (_holder is null)
        {
            return;
        }

        _passwordProblem = PasswordWords.Of(PasswordRule.ProblemOf(Form?.Password, _holder.Email), Texts);
        if (_passwordProblem is not null)
        {
            _problem = Texts["Problem.Summary"];
            return;
        }

        try
        {
            if (await SetPassword.ExecuteAsync(Token, Purpose, Form!.Password!, HttpContext.RequestAborted))
            {
                Navigation.NavigateTo($"{AccountsFeature.SignInPath}?done=password", forceLoad: true);
                return;
            }

            _isGone = true;
        }
        catch (Exception exception) when (DatabaseOutage.Is(exception))
        {
            _problem = Texts["Problem.Database"];
        }
    }
}

/// <summary>What the form sends.</summary>
public sealed class PasswordForm
{
    public string? Password { get; set; }
}
