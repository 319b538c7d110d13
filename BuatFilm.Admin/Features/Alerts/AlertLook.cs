using System.Globalization;
using BuatFilm.Admin.Components;
using BuatFilm.Core.Alerts;
using BuatFilm.Core.Health;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>How pages show alerts, in the reader's language.</summary>
internal static class AlertLook
{
    private static AlertTexts Texts => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" ? AlertTexts.English : AlertTexts.Indonesian;

    public static AlertWording In(AlertWords words, AlertFacts alert) => words.Of(alert, alert.ResolvedAt is null ? AlertNews.Raised : AlertNews.Passed, Texts);

    /// <param name="state">One of <see cref="AlertRow"/>'s.</param>
    public static Word StateOf(string state, IStringLocalizer<AlertsPageTexts> texts) => new(
        texts[$"State.{state}"],
        "",
        state switch { AlertRow.Open => Tone.Bad, AlertRow.Acknowledged => Tone.Warning, _ => Tone.Good },
        state);

    /// <summary>Where a person looks at what it is about; null when that is the alerts' own page.</summary>
    public static string? PageOf(string kind, string? target)
    {
        var page = AlertForm.Of(kind).PageOf(target);
        return page == "/alerts" ? null : page == "/breakers" && ServiceName.TryParse(target, out var service) ? $"{page}#{ServiceName.Of(service)}" : page;
    }

    /// <summary>What the link to <see cref="PageOf"/> says.</summary>
    public static string LinkTo(string kind, string? target, IStringLocalizer<AlertsPageTexts> texts)
    {
        var form = AlertForm.Of(kind);
        return form.IsAboutAnOrder ? texts["Related.orders", ForeignText.Clean(target ?? "", 60)] : texts[$"Related.{form.Page.TrimStart('/')}"];
    }

    /// <summary>Whom it went to, as far as it is anybody's business: an address of a webhook may hold its key.</summary>
    public static string RecipientOf(AlertNoticeItem notice) =>
        notice.Channel == "webhook" ? (Uri.TryCreate(notice.Recipient, UriKind.Absolute, out var address) ? address.Host : "…") : Masking.Of(notice.Recipient);
}
