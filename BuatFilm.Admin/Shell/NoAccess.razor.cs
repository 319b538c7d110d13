using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace BuatFilm.Admin.Shell;

/// <summary>Says why there is no page: the session has ended, or the right is missing.</summary>
public sealed partial class NoAccess
{
    private bool _isSignedIn;
    private string _key = "SignedOut";
    private string _signIn = "";

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    protected override async Task OnParametersSetAsync()
    {
        _isSignedIn = Authentication is not null && (await Authentication).User.Identity is { IsAuthenticated: true };
        _key = _isSignedIn ? "NoRight" : "SignedOut";
        _signIn = "/account/sign-in?returnUrl=" + Uri.EscapeDataString("/" + Navigation.ToBaseRelativePath(Navigation.Uri));
    }
}
