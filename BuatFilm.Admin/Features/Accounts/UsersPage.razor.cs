using System.Security.Claims;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Accounts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>The people who may sign in: invited, given a role, locked and unlocked, signed out.</summary>
public sealed partial class UsersPage
{
    private readonly Dictionary<string, AccountLine> _known = new(StringComparer.Ordinal);
    private IReadOnlyList<ListFilter> _filters = [];
    private PagedList<AccountLine> _list = null!;
    private ConfirmDialog _confirm = null!;
    private bool _isInviting;
    private bool _isBad;
    private int _asked;
    private string? _news;

    [CascadingParameter]
    public required Task<AuthenticationState> Authentication { get; set; }

    [Inject]
    public required IStringLocalizer<UsersPageTexts> Texts { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required ILogger<UsersPage> Logger { get; init; }

    [Inject]
    internal AccountQueries Accounts { get; init; } = null!;

    [Inject]
    internal InviteAccount Invite { get; init; } = null!;

    [Inject]
    internal ChangeRole Role { get; init; } = null!;

    [Inject]
    internal LockAccount Lock { get; init; } = null!;

    [Inject]
    internal UnlockAccount Unlock { get; init; } = null!;

    [Inject]
    internal EndSessions Sessions { get; init; } = null!;

    protected override void OnInitialized() => _filters =
    [
        new TextFilter("q", Texts["Filter.Search"], Texts["Filter.Search.Example"]),
        new ChoiceFilter("role", Texts["Column.Role"], [.. Roles.OfPeople.Select(role => new Choice(role, RoleOf(role)))]),
        new ChoiceFilter("state", Texts["Column.State"], [.. Enum.GetValues<AccountState>().Select(state => new Choice(WireName<AccountState>.Of(state), Texts[$"State.{state}"]))]),
    ];

    private AccountLine Remember(AccountLine row) => _known[row.Id.ToString()] = row;

    private string NameOf(string key) => _known.TryGetValue(key, out var row) ? row.Name : Texts["Title"];

    private Task<AccountLine?> FindAsync(string key, CancellationToken cancellationToken) =>
        Guid.TryParse(key, out var id) ? Accounts.FindAsync(id, cancellationToken) : Task.FromResult<AccountLine?>(null);

    private string RoleOf(string role) => Texts[$"Role.{role}"];

    private Word StateOf(AccountLine row) => new(
        Texts[$"State.{row.State}"],
        "",
        row.State switch
        {
            AccountState.Invited => Tone.Info,
            AccountState.Active => Tone.Good,
            AccountState.Paused => Tone.Warning,
            AccountState.Locked => Tone.Bad,
            _ => Tone.Neutral,
        },
        WireName<AccountState>.Of(row.State));

    private async Task OnInvitedAsync(string? name)
    {
        _isInviting = false;
        if (name is not null)
        {
            Say(Texts["Invited", name]);
            await _list.RefreshAsync();
        }
    }

    private async Task AskRoleAsync(AccountLine row, string? role)
    {
        if (role is null || !Roles.OfPeople.Contains(role) || role == row.Role)
        {
            return;
        }

        var answer = await _confirm.AskAsync(new ConfirmQuestion(Texts["Role.Title", row.Name, RoleOf(role)], Texts["Role.Text"], Texts["Role.Verb", RoleOf(role)]) { Facts = [Texts["Role.Fact", RoleOf(row.Role), RoleOf(role)]] });
        _asked++; // The choice shows what is, until it is another.
        if (answer is not null)
        {
            await ChangeAsync(user => Role.ExecuteAsync(user, row.Id, role, CancellationToken.None), Texts["Role.Done", row.Name, RoleOf(role)]);
        }
    }

    private async Task LockAsync(AccountLine row)
    {
        var answer = await _confirm.AskAsync(new ConfirmQuestion(Texts["Lock.Title", row.Name], Texts["Lock.Text"], Texts["Lock"]) { IsDangerous = true });
        if (answer is not null)
        {
            await ChangeAsync(user => Lock.ExecuteAsync(user, row.Id, CancellationToken.None), Texts["Lock.Done", row.Name]);
        }
    }

    private Task UnlockAsync(AccountLine row) => ChangeAsync(user => Unlock.ExecuteAsync(user, row.Id, CancellationToken.None), Texts["Unlock.Done", row.Name]);

    private async Task EndSessionsAsync(AccountLine row)
    {
        var answer = await _confirm.AskAsync(new ConfirmQuestion(Texts["EndSessions.Title", row.Name], Texts["EndSessions.Text"], Texts["EndSessions"]));
        if (answer is not null)
        {
            await ChangeAsync(user => Sessions.ExecuteAsync(user, row.Id, CancellationToken.None), Texts["EndSessions.Done", row.Name]);
        }
    }

    private Task InviteAgainAsync(AccountLine row) => TryAsync(async user =>
    {
        var outcome = await Invite.AgainAsync(user, row.Id, CancellationToken.None);
        Say(outcome == InvitationOutcome.Sent ? Texts["Invited", row.Name] : Texts[$"Problem.{outcome}"], isBad: outcome != InvitationOutcome.Sent);
    });

    private Task ChangeAsync(Func<ClaimsPrincipal, Task<AccountChangeOutcome>> change, string done) => TryAsync(async user =>
    {
        var outcome = await change(user);
        Say(outcome == AccountChangeOutcome.Done ? done : Texts[$"Problem.{outcome}"], isBad: outcome != AccountChangeOutcome.Done);
    });

    private async Task TryAsync(Func<ClaimsPrincipal, Task> action)
    {
        try
        {
            await action((await Authentication).User);
            await _list.RefreshAsync();
        }
#pragma warning disable CA1031 // The page says that it was not done; an exception would end the whole circuit.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Logger.LogWarning(exception, "An account could not be changed.");
            Say(Texts["Problem"], isBad: true);
        }
    }

    private void Say(string news, bool isBad = false) => (_news, _isBad) = (news, isBad);
}
