using System.Security.Claims;
using BuatFilm.Admin.Data;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Says which right is missing, and whom to ask for it.</summary>
public sealed partial class NoRight
{
    private string _roles = "–";
    private string _admins = "";

    [Parameter]
    [EditorRequired]
    public required IReadOnlyList<string> Missing { get; set; }

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    public required IStringLocalizer<AccountTexts> Texts { get; init; }

    [Inject]
    internal AccountQueries Accounts { get; init; } = null!;

    protected override async Task OnInitializedAsync()
    {
        _admins = Texts["NoRight.NoAdmins"];
        if (Authentication is not null)
        {
            var roles = (await Authentication).User.FindAll(ClaimTypes.Role).Select(role => Texts[$"Role.{role.Value}"].Value).ToList();
            _roles = roles.Count == 0 ? "–" : string.Join(" · ", roles);
        }

        try
        {
            if (await Accounts.AdminsAsync(CancellationToken.None) is { Count: > 0 } admins)
            {
                _admins = string.Join(", ", admins);
            }
        }
        catch (Exception exception) when (DatabaseOutage.Is(exception))
        {
            // Then nobody is named.
        }
    }
}
