using BuatFilm.Admin.Components;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.ApiKeys;

/// <summary>The keys of shops and programs: made, shown once, revoked.</summary>
public sealed partial class ApiKeysPage
{
    private readonly Dictionary<string, ApiKeyLine> _known = new(StringComparer.Ordinal);
    private IReadOnlyList<ListFilter> _filters = [];
    private ListWords _words = ListWords.Default;
    private PagedList<ApiKeyLine> _list = null!;
    private ConfirmDialog _confirm = null!;
    private ElementReference _nameInput;
    private bool _isAsking;
    private bool _takesFocus;
    private string _name = "";
    private string _kind = WireName<ApiKeyKind>.Of(ApiKeyKind.Storefront);
    private string _role = Roles.Viewer;
    private string? _problem;
    private bool _failed;
    private (string Name, string Key)? _made;

    [CascadingParameter]
    public required Task<AuthenticationState> Authentication { get; set; }

    [Inject]
    public required Words Words { get; init; }

    [Inject]
    public required IStringLocalizer<ApiKeysPageTexts> Texts { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Announcements Announcements { get; init; }

    [Inject]
    public required PageScript Script { get; init; }

    [Inject]
    public required ILogger<ApiKeysPage> Logger { get; init; }

    [Inject]
    internal ApiKeyQueries Keys { get; init; } = null!;

    [Inject]
    internal CreateApiKey Create { get; init; } = null!;

    [Inject]
    internal RevokeApiKey Revoke { get; init; } = null!;

    protected override void OnInitialized()
    {
        _filters =
        [
            new ChoiceFilter("kind", Texts["Column.Kind"], [.. WireName<ApiKeyKind>.All.Select(kind => new Choice(kind, Texts[$"Kind.{kind}"]))]),
            new ChoiceFilter("state", Texts["Column.State"], [new Choice("open", Texts["State.open"]), new Choice("revoked", Texts["State.revoked"])]),
        ];
        _words = new ListWords { EmptyTitle = Texts["Empty.Title"], EmptyText = Texts["Empty.Text"] };
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_takesFocus)
        {
            _takesFocus = false;
            await Script.FocusAsync(_nameInput);
        }
    }

    private ApiKeyLine Remember(ApiKeyLine row) => _known[row.Id.ToString()] = row;

    private string NameOf(string key) => _known.TryGetValue(key, out var row) ? row.Name : Texts["Title"];

    private Task<ApiKeyLine?> FindAsync(string key, CancellationToken cancellationToken) =>
        Guid.TryParse(key, out var id) ? Keys.FindAsync(id, cancellationToken) : Task.FromResult<ApiKeyLine?>(null);

    private string KindOf(ApiKeyLine row) => row.Kind == "ops" ? $"{Texts["Kind.ops"]} · {Texts[$"Role.{row.Role}"]}" : Texts["Kind.storefront"];

    private Word StateOf(ApiKeyLine row) => row.RevokedAt is null
        ? new Word(Texts["State.open"], "", Tone.Good, "open")
        : new Word(Texts["State.revoked"], "", Tone.Neutral, "revoked");

    private void AskNewAsync() => (_isAsking, _takesFocus, _name, _problem) = (true, true, "", null);

    private async Task CreateAsync()
    {
        _name = _name.Trim();
        if (!ApiKey.IsName(_name))
        {
            _problem = Texts["Problem.Name"];
            return;
        }

        NewApiKey made;
        try
        {
            made = await Create.ExecuteAsync((await Authentication).User, _name, WireName<ApiKeyKind>.Parse(_kind), _role, CancellationToken.None);
        }
#pragma warning disable CA1031 // The form says that it was not done; an exception would end the whole circuit.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Logger.LogWarning(exception, "An API key could not be made.");
            _problem = Texts["Problem"];
            return;
        }

        _problem = made.Outcome == ApiKeyOutcome.Done ? null : Texts[$"Problem.{made.Outcome}"].Value;
        if (made.Key is { } key)
        {
            (_made, _isAsking) = ((_name, key), false);
            Announcements.Say(Texts["Made.Title", _name]);
            await _list.RefreshAsync();
        }
    }

    private async Task RevokeAsync(ApiKeyLine row)
    {
        var answer = await _confirm.AskAsync(new ConfirmQuestion(Texts["Revoke.Title", row.Name], Texts["Revoke.Text"], Texts["Revoke"])
        {
            Facts = [$"{KindOf(row)} · {row.Hint}…"],
            AsksReason = true,
            IsDangerous = true,
        });
        if (answer is null)
        {
            return;
        }

        try
        {
            _failed = false;
            var outcome = await Revoke.ExecuteAsync((await Authentication).User, row.Id, answer.Reason, CancellationToken.None);
            Announcements.Say(Texts[outcome == ApiKeyOutcome.Done ? "Revoke.Done" : $"Problem.{outcome}"]);
            await _list.RefreshAsync();
        }
#pragma warning disable CA1031 // The page says that it was not done; an exception would end the whole circuit.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Logger.LogWarning(exception, "An API key could not be revoked.");
            _failed = true;
        }
    }
}
