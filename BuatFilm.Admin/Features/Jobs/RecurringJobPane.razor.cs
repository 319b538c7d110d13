using BuatFilm.Admin.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Jobs;

/// <summary>One recurring job: what it is for, how its runs went, when it runs next, and starting it now.</summary>
public sealed partial class RecurringJobPane
{
    private ConfirmDialog _confirm = null!;
    private string? _answer;
    private string? _problem;

    /// <summary>The job's id; from the address, so anything.</summary>
    [Parameter]
    [EditorRequired]
    public required string Key { get; set; }

    /// <summary>It was started.</summary>
    [Parameter]
    [EditorRequired]
    public EventCallback Changed { get; set; }

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    public required IStringLocalizer<RecurringJobsPageTexts> Texts { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required Announcements Announcements { get; init; }

    [Inject]
    private RecurringJobQueries Queries { get; set; } = null!;

    [Inject]
    private StartRecurringJobNow Job { get; set; } = null!;

    private JobLook Look => new(Texts, Formats);

    protected override Task<RecurringJobRow?> ReadAsync(CancellationToken cancellationToken) => Queries.FindAsync(Key, cancellationToken);

    private async Task AskAsync()
    {
        if (await _confirm.AskAsync(new ConfirmQuestion(Texts["Run.Title", Look.NameOf(Key)], Texts["Run.Text"], Texts["Run"]) { AsksReason = true }) is not { } confirmed)
        {
            return;
        }

        (_answer, _problem) = (null, null);
        try
        {
            var user = Authentication is null ? null : (await Authentication).User;
            switch (await Job.ExecuteAsync(user, Key, confirmed.Reason, CancellationToken.None))
            {
                case RunResult.Started:
                    _answer = Texts["Run.Started", Look.NameOf(Key)];
                    Announcements.Say(_answer);
                    await ReloadAsync();
                    await Changed.InvokeAsync();
                    break;
                case RunResult.Denied:
                    _problem = Texts["Problem.Denied"];
                    break;
                case RunResult.Unknown:
                    _problem = Texts["Detail.Missing"];
                    break;
            }
        }
#pragma warning disable CA1031 // The page says that it was not done; an exception would end the whole circuit.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Loggers.CreateLogger<RecurringJobPane>().LogWarning(exception, "The job {Id} could not be started.", Key);
            _problem = Texts["Problem"];
        }

        StateHasChanged();
    }
}
