using BuatFilm.Admin.Components;
using BuatFilm.Core.Idempotency;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Idempotency;

/// <summary>The words of idempotency keys.</summary>
internal sealed class IdempotencyLook(IStringLocalizer<IdempotencyPageTexts> texts)
{
    public Word StateOf(IdempotencyRow row) => row switch
    {
        { State: IdempotencyState.Done } => Make("done", Tone.Good),
        { State: IdempotencyState.InDoubt } => Make("in_doubt", Tone.Warning),
        { IsLeaseOver: true } => Make("interrupted", Tone.Warning),
        _ => Make("running", Tone.Info),
    };

    public Word StateOf(IdempotencyState state) => state switch
    {
        IdempotencyState.Done => Make("done", Tone.Good),
        IdempotencyState.InDoubt => Make("in_doubt", Tone.Warning),
        IdempotencyState.Running => Make("running", Tone.Info),
    };

    /// <summary>Which shop asked for what.</summary>
    public string ScopeOf(IdempotencyRow row) => row.Scope.Split('|') is [var client, var method, var route]
        ? texts["Scope.Value", ForeignText.Clean(client, 60), $"{method} {route}"]
        : ForeignText.Clean(row.Scope, 120);

    /// <summary>What the code of a stored answer says.</summary>
    public string? MeaningOf(int? status) => status is not { } code ? null
        : texts[$"Status.{code}"] is { ResourceNotFound: false } known ? known.Value
        : code switch { < 300 => texts["Status.2xx"], < 500 => texts["Status.4xx"], _ => texts["Status.5xx"] };

    private Word Make(string name, Tone tone) => new(texts[$"State.{name}"], texts[$"Technical.{name}"], tone, name);
}
