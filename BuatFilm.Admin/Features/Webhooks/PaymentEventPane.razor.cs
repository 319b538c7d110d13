using System.Globalization;
using System.Security.Claims;
using BuatFilm.Admin.Components;
using BuatFilm.Core;
using BuatFilm.Core.Payments;
using BuatFilm.Core.Webhooks;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>One payment event: what it says, what was made of it and why, what it was held against, what is new in it, and its body.</summary>
public sealed partial class PaymentEventPane
{
    private const int LongestLine = 2_000;

    private ConfirmDialog _confirm = null!;
    private string? _raw;
    private string? _answer;
    private string? _problem;

    /// <summary>The event's number; from the address, so anything.</summary>
    [Parameter]
    [EditorRequired]
    public required string Key { get; set; }

    /// <summary>Something was done to it.</summary>
    [Parameter]
    [EditorRequired]
    public EventCallback Changed { get; set; }

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    public required IStringLocalizer<PaymentEventsPageTexts> Texts { get; init; }

    [Inject]
    public required Words Names { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required Announcements Announcements { get; init; }

    [Inject]
    private PaymentEventQueries Queries { get; set; } = null!;

    [Inject]
    private ReprocessPaymentEvent Recheck { get; set; } = null!;

    [Inject]
    private RevealPaymentEvent Reveal { get; set; } = null!;

    private PaymentEventLook Look => new(Texts, Names);

    private string StatusCodes => string.Join(" · ", new[] { Data!.Event.TransactionStatus, Data.Event.FraudStatus, Data.Event.StatusCode }.OfType<string>());

    /// <summary>Why asking Midtrans again can change nothing; null when it can.</summary>
    private string? NothingToAsk =>
        ReprocessPaymentEvent.RefusalOf(WireName<EventOutcome>.Parse(Data!.Event.Outcome), Data.Event.VerifiedAt is not null, Data.HasOrder) is null
            ? null
            : Data.HasOrder ? Texts[$"Recheck.No.{Data.Event.Outcome}"].Value : Texts["Recheck.No.order"].Value;

    protected override async Task<PaymentEventView?> ReadAsync(CancellationToken cancellationToken) =>
        long.TryParse(Key, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? await Queries.ExplainAsync(id, cancellationToken) : null;

    /// <summary>Line by line: the layout of JSON stays, what others may have hidden in it does not.</summary>
    private static string Shown(string body) => string.Join('\n', body.ReplaceLineEndings("\n").Split('\n').Select(line => ForeignText.Clean(line, LongestLine)));

    private Word WordOf(CheckResult result) => new(
        Texts[$"Check.{result}"],
        "",
        result switch
        {
            CheckResult.Passed => Tone.Good,
            CheckResult.Failed => Tone.Bad,
            CheckResult.NotSaid => Tone.Neutral,
        },
        result.ToString());

    private string ErrorOf(string error) => Texts[$"Question.{error}"] is { ResourceNotFound: false } known ? known.Value : Texts["Question.other", ForeignText.Clean(error, 60)];

    private async Task AskRecheckAsync()
    {
        var question = new ConfirmQuestion(Texts["Recheck.Title"], Texts["Recheck.Text"], Texts["Recheck"])
        {
            Facts = [Texts["Recheck.Fact", Data!.Event.MidtransOrderId, Look.StatusOf(Data.Event).Everyday]],
            AsksReason = true,
        };
        if (await _confirm.AskAsync(question) is not { } confirmed)
        {
            return;
        }

        await DoAsync(async (user, id) =>
        {
            _answer = await Recheck.ExecuteAsync(user, id, confirmed.Reason, CancellationToken.None) switch
            {
                ReprocessOutcome.NotFound => Texts["Detail.Missing"].Value,
                ReprocessOutcome.NothingToDo => Texts["Recheck.Nothing"].Value,
                ReprocessOutcome.Settled settled => Texts["Recheck.Settled", Names.Of(WireName<EventOutcome>.Parse(settled.Event.Outcome)).Everyday].Value,
                ReprocessOutcome.Waits => Texts["Recheck.Waits"].Value,
                var other => throw new InvalidOperationException($"{other} has no words."),
            };
            return true;
        });
        if (_answer is not null)
        {
            Announcements.Say(_answer);
        }

        await ReloadAsync();
        await Changed.InvokeAsync();
    }

    private async Task AskRevealAsync()
    {
        if (await _confirm.AskAsync(new ConfirmQuestion(Texts["Reveal.Title"], Texts["Reveal.Text"], Texts["Reveal"]) { AsksReason = true }) is not { } confirmed)
        {
            return;
        }

        await DoAsync(async (user, id) =>
        {
            _raw = await Reveal.ExecuteAsync(user, id, confirmed.Reason, CancellationToken.None);
            return _raw is not null;
        });
    }

    /// <param name="action">Answers false when the person may not.</param>
    private async Task DoAsync(Func<ClaimsPrincipal?, long, Task<bool>> action)
    {
        (_answer, _problem) = (null, null);
        try
        {
            var user = Authentication is null ? null : (await Authentication).User;
            _problem = await action(user, Data!.Event.Id) ? null : Texts["Problem.Denied"].Value;
        }
        catch (UnauthorizedAccessException)
        {
            _problem = Texts["Problem.Denied"];
        }
#pragma warning disable CA1031 // The page says that it was not done; an exception would end the whole circuit.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Loggers.CreateLogger<PaymentEventPane>().LogWarning(exception, "Nothing could be done about payment event {Key}.", Key);
            _problem = Texts["Problem"];
        }

        StateHasChanged();
    }
}
