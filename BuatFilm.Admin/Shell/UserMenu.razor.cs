using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Shell;

/// <summary>Who is signed in, how the pages look and in which language, and the way out.</summary>
public sealed partial class UserMenu
{
    /// <summary>Where one changes one's own account.</summary>
    public const string AccountPath = "/account";

    /// <summary>Takes a form by POST, with its antiforgery token.</summary>
    public const string SignOutPath = "/account/sign-out";

    private static readonly string[] Themes = ["system", "light", "dark"];

    private string? _name;
    private IReadOnlyList<string> _roles = [];
    private string _here = "/";

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    public required PageRoutes Pages { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Inject]
    public required IStringLocalizer<ShellTexts> Texts { get; init; }

    protected override async Task OnParametersSetAsync()
    {
        _here = "/" + Navigation.ToBaseRelativePath(Navigation.Uri);
        var user = Authentication is null ? null : (await Authentication).User;
        _name = user?.Identity is { IsAuthenticated: true } identity ? identity.Name : null;
        _roles =
        [
            .. (user?.FindAll(ClaimTypes.Role) ?? [])
                .Select(role => Texts[$"UserRole.{role.Value}"])
                .Where(role => !role.ResourceNotFound)
                .Select(role => role.Value),
        ];
    }

    // console.js puts the address of the moment in its place: pages change theirs without drawing this again.
    private string Href(string culture) => $"/culture?value={culture}&back={Uri.EscapeDataString(_here)}";
}
