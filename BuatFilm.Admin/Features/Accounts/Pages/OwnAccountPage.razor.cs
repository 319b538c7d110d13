using System.Security.Claims;
using BuatFilm.Admin.Data;
using BuatFilm.Core.Accounts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Accounts.Pages;

/// <summary>One's own account: who one is, what one may, another password, an end to all sessions.</summary>
public sealed partial class OwnAccountPage
{
    private IReadOnlyList<string> _admins = [];
    private string? _problem;
    private string? _currentProblem;
    private string? _passwordProblem;

    [CascadingParameter]
    public required HttpContext HttpContext { get; set; }

    [SupplyParameterFromQuery(Name = "done")]
    public string? Done { get; set; }

    [SupplyParameterFromForm(FormName = "password")]
    public ChangePasswordForm? Form { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Inject]
    public required IStringLocalizer<AccountTexts> Texts { get; init; }

    [Inject]
    internal ChangePassword Change { get; init; } = null!;

    [Inject]
    internal EndSessions Sessions { get; init; } = null!;

    [Inject]
    internal SignInManager<Account> SignIn { get; init; } = null!;

    [Inject]
    internal AccountQueries Accounts { get; init; } = null!;

    private ClaimsPrincipal User => HttpContext.User;

    private string? OwnName => User.Identity?.Name;

    /// <summary>Null when another scheme than ours signed the person in.</summary>
    private string? Email => User.FindFirstValue(ClaimTypes.Email);

    private bool IsChanged => Done == "password";

    private string RoleWords => string.Join(" · ", User.FindAll(ClaimTypes.Role).Select(role => Texts[$"Role.{role.Value}"].Value));

    private string AdminWords => _admins.Count == 0 ? Texts["NoRight.NoAdmins"] : string.Join(", ", _admins);

    protected override async Task OnInitializedAsync()
    {
        try
        {
            _admins = await Accounts.AdminsAsync(HttpContext.RequestAborted);
        }
        catch (Exception exception) when (DatabaseOutage.Is(exception))
        {
            _problem = Texts["Problem.Database"];
        }
    }

    private async Task ChangePasswordAsync()
    {
        _passwordProblem = PasswordWords.Of(PasswordRule.ProblemOf(Form?.Next, Email!), Texts);
        if (_passwordProblem is not null)
        {
            _problem = Texts["Problem.Summary"];
            return;
        }

        try
        {
            if (!await Change.ExecuteAsync(User, Form!.Current, Form.Next!, HttpContext.RequestAborted))
            {
                _problem = Texts["Problem.Summary"];
                _currentProblem = Texts["Own.Password.Wrong", SignInAccount.MaxFailures, SignInAccount.Pause.TotalMinutes];
                return;
            }

            // Every session of before has ended, this one too; it begins anew.
            var account = await SignIn.UserManager.FindByIdAsync(User.FindFirstValue(ClaimTypes.NameIdentifier)!);
            await SignIn.SignInAsync(account!, isPersistent: false);
            Navigation.NavigateTo("/account?done=password", forceLoad: true);
        }
        catch (Exception exception) when (DatabaseOutage.Is(exception))
        {
            _problem = Texts["Problem.Database"];
        }
    }

    private async Task EndSessionsAsync()
    {
        try
        {
            await Sessions.OfOneselfAsync(User, HttpContext.RequestAborted);
            await SignIn.SignOutAsync();
            Navigation.NavigateTo($"{AccountsFeature.SignInPath}?done=ended", forceLoad: true);
        }
        catch (Exception exception) when (DatabaseOutage.Is(exception))
        {
            _problem = Texts["Problem.Database"];
        }
    }
}

/// <summary>What the form sends.</summary>
public sealed class ChangePasswordForm
{
    public string? Current { get; set; }

    public string? Next { get; set; }
}
