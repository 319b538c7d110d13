using System.Globalization;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Accounts;
using BuatFilm.Core.Orders;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Asks whom to invite, and as what.</summary>
public sealed partial class InviteForm
{
    private ElementReference _first;
    private string _name = "";
    private string _email = "";
    private string _role = Roles.Viewer;
    private string? _problem;

    /// <summary>The name of who was invited; null when it was thought better of.</summary>
    [Parameter]
    [EditorRequired]
    public EventCallback<string?> Closed { get; set; }

    [CascadingParameter]
    public required Task<AuthenticationState> Authentication { get; set; }

    [Inject]
    public required IStringLocalizer<UsersPageTexts> Texts { get; init; }

    [Inject]
    public required PageScript Script { get; init; }

    [Inject]
    public required ILogger<InviteForm> Logger { get; init; }

    [Inject]
    internal InviteAccount Invite { get; init; } = null!;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await Script.FocusAsync(_first);
        }
    }

    private async Task InviteAsync()
    {
        var (name, email) = (PersonName.Clean(_name), _email.Trim());
        if (!PersonName.IsValid(name) || !EmailAddress.IsValid(email) || !Roles.OfPeople.Contains(_role))
        {
            _problem = Texts[PersonName.IsValid(name) ? "Problem.Email" : "Problem.Name"];
            return;
        }

        var locale = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" ? "en" : "id";
        InvitationOutcome outcome;
        try
        {
            outcome = await Invite.ExecuteAsync((await Authentication).User, name, email, _role, locale, CancellationToken.None);
        }
#pragma warning disable CA1031 // The form says that it was not done; an exception would end the whole circuit.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Logger.LogWarning(exception, "Somebody could not be invited.");
            _problem = Texts["Problem"];
            return;
        }

        if (outcome == InvitationOutcome.Sent)
        {
            await Closed.InvokeAsync(name);
            return;
        }

        _problem = Texts[$"Problem.{outcome}"];
    }
}
