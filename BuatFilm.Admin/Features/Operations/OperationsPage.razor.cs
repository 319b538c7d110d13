using BuatFilm.Admin.Components;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Core;
using BuatFilm.Core.Operations;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>Every piece of bulk work: who did what, when and why, and what came of it.</summary>
public sealed partial class OperationsPage
{
    private IReadOnlyList<ListFilter> _filters = [];
    private ListWords _words = ListWords.Default;

    [Inject]
    public required IStringLocalizer<OperationsPageTexts> Texts { get; init; }

    [Inject]
    public required Words Names { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    private OperationPageQueries Queries { get; set; } = null!;

    protected override void OnInitialized()
    {
        _filters = [new ChoiceFilter("state", Texts["Column.State"], [.. Enum.GetValues<OperationState>().Select(state => new Choice(WireName<OperationState>.Of(state), Names.Of(state).Everyday))])];
        _words = new ListWords { EmptyTitle = Texts["List.Empty.Title"], EmptyText = Texts["List.Empty.Text"] };
    }

    private static string HrefOf(OperationView operation) => $"/operations/{operation.Id}";

    private string WhatOf(OperationView operation) => Texts["Running.What", Formats.Number(operation.Total)];
}
