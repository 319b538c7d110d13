using BuatFilm.Admin.Features.Accounts;
using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace BuatFilm.Admin.Shell;

/// <summary>Leads who is not signed in, or no longer, to the sign-in and back; says to everybody else what they lack.</summary>
public sealed partial class Turnaway
{
    private bool _isSignedIn;
    private IReadOnlyList<string> _missing = [];

    /// <summary>The page that was asked for.</summary>
    [Parameter]
    [EditorRequired]
    public required Type Page { get; set; }

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    protected override async Task OnParametersSetAsync()
    {
        var user = Authentication is null ? null : (await Authentication).User;
        _isSignedIn = user?.Identity is { IsAuthenticated: true };
        if (!_isSignedIn)
        {
            var back = "/" + Navigation.ToBaseRelativePath(Navigation.Uri);
            Navigation.NavigateTo($"{AccountsFeature.SignInPath}?returnUrl={Uri.EscapeDataString(back)}", forceLoad: true);
            return;
        }

        _missing =
        [
            .. Page.GetCustomAttributes(typeof(AuthorizeAttribute), inherit: true)
                .Cast<AuthorizeAttribute>()
                .Select(attribute => attribute.Policy)
                .OfType<string>()
                .Where(policy => Permissions.All.Contains(policy) && !user!.May(policy)),
        ];
    }
}
