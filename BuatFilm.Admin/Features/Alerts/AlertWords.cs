using System.Globalization;
using System.Text;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Settings;
using BuatFilm.Core.Alerts;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>An alert as its words need it.</summary>
/// <param name="Data">Flat; part of it may have been written by others.</param>
internal sealed record AlertFacts(
    long Id,
    string Kind,
    AlertSeverity Severity,
    string? Target,
    IReadOnlyDictionary<string, string> Data,
    DateTimeOffset RaisedAt,
    DateTimeOffset? ResolvedAt,
    int Occurrences);

/// <summary>What people read of an alert.</summary>
/// <param name="Subject">One line: whose, what kind of news, what.</param>
/// <param name="Title">What happened.</param>
/// <param name="What">What happened in one or two sentences.</param>
/// <param name="Summary">The same on one line with when it was, for channels that have room for nothing else.</param>
/// <param name="Meaning">What it means for customers.</param>
/// <param name="Action">What to do; null for what is over.</param>
/// <param name="Link">Null when the app's own address is not set.</param>
internal sealed record AlertWording(string Subject, string Title, string What, string Summary, string Meaning, string? Action, Uri? Link);

/// <summary>Puts alerts into words.</summary>
internal sealed class AlertWords(IStringLocalizer<ComponentTexts> componentTexts, IOptions<PublicAddress> address)
{
    private const string Other = "unknown";

    /// <summary>Where the features put a code or a reason, the most telling first.</summary>
    private static readonly string[] Codes = ["code", "codes", "failures", "reason", "cause"];

    private static readonly string[] Counts = ["count", "payments"];

    private readonly Formats _formats = new(componentTexts);

    /// <param name="isLastForNow">True when further alerts of the kind will not be told one by one.</param>
    public AlertWording Of(AlertFacts alert, AlertNews news, AlertTexts texts, bool isLastForNow = false)
    {
        var form = AlertForm.Of(alert.Kind);
        var kind = AlertForm.All.ContainsKey(alert.Kind) ? alert.Kind : Other;
        var values = ValuesOf(alert, texts);
        var isOver = news != AlertNews.Raised;

        var title = AlertTexts.Fill((news == AlertNews.Resolved ? texts.Find($"{kind}.Resolved") : null) ?? texts[$"{kind}.Title"], values);
        var prefix = news switch
        {
            AlertNews.Raised => form.IsOutage ? "Prefix.Outage" : "Prefix.Task",
            AlertNews.Resolved => form.IsOutage ? "Prefix.Recovered" : "Prefix.Done",
            AlertNews.Passed => form.IsOutage ? "Prefix.Passed" : "Prefix.Done",
        };
        var what = Sentence(AlertTexts.Fill(texts[$"{kind}.Summary"], values));
        var meaning = texts.Find($"{kind}.Meaning", $"{kind}.Meaning.{Word(alert, "worst")}", $"Meaning.{alert.Target}") ?? texts[$"{Other}.Meaning"];
        var action = isOver ? null : texts.Find($"{kind}.Action", $"Action.{alert.Target}") ?? texts[$"{Other}.Action"];

        return new AlertWording(
            texts.With("Subject", texts[prefix], title),
            Sentence(title),
            isLastForNow ? $"{what} {texts["Flood"]}" : what,
            string.Join(' ', [what, .. Times(alert, isOver, texts)]),
            Sentence(AlertTexts.Fill(meaning, values)),
            action is null ? null : AlertTexts.Fill(action, values),
            address.Value.Link(form.PageOf(alert.Target)));
    }

    /// <summary>0 the target, 1 the code or the reason, 2 how many, 3 examples or causes, 4 the kind.</summary>
    private static string[] ValuesOf(AlertFacts alert, AlertTexts texts)
    {
        var kind = Plain(alert.Kind.Replace('_', ' '), 60);
        if (alert.Kind == "degradation_level")
        {
            // Told late, it may be over: then the worst is what was.
            var level = Word(alert, "level") is { Length: > 0 } now and not "normal" ? now : Word(alert, "worst");
            return [Named("Level", level, texts), Named("Level", Word(alert, "worst"), texts), "", AllNamed("Service", Word(alert, "causes"), texts), kind];
        }

        // An order may be called as a service is.
        var target = AlertForm.Of(alert.Kind).IsAboutAnOrder ? Plain(alert.Target, 60) : AllNamed("Service", alert.Target ?? "", texts);
        return
        [
            Or(target, texts),
            Or(Plain(First(alert, Codes), 80), texts),
            Or(Plain(First(alert, Counts), 20), texts),
            Or(Plain(Word(alert, "orders"), 250), texts),
            kind,
        ];
    }

    private IEnumerable<string> Times(AlertFacts alert, bool isOver, AlertTexts texts)
    {
        // The component's words follow the thread's language.
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = texts.Culture;
        try
        {
            return isOver && alert.ResolvedAt is { } resolvedAt
                ? [texts.With("Time.Over", _formats.Full(alert.RaisedAt), _formats.Full(resolvedAt), _formats.Duration(resolvedAt - alert.RaisedAt))]
                : [texts.With("Time.Since", _formats.Full(alert.RaisedAt))];
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    private static string Word(AlertFacts alert, string key) => alert.Data.GetValueOrDefault(key) ?? "";

    private static string? First(AlertFacts alert, string[] keys) => keys.Select(key => Word(alert, key)).FirstOrDefault(word => word.Length > 0);

    private static string Or(string text, AlertTexts texts) => text.Length > 0 ? text : texts["None"];

    private static string AllNamed(string family, string names, AlertTexts texts) =>
        string.Join(", ", names.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(name => Named(family, name, texts)));

    /// <summary>The everyday word for one of our own names; what others wrote stays as it is, in plain text.</summary>
    private static string Named(string family, string name, AlertTexts texts) => texts.Find($"{family}.{name}", $"Channel.{name}") ?? Plain(name, 60);

    private static string Sentence(string text) => text.Length > 0 && char.IsLower(text[0]) ? char.ToUpperInvariant(text[0]) + text[1..] : text;

    /// <summary>One line of characters that show and do not steer.</summary>
    private static string Plain(string? text, int maxLength)
    {
        var kept = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (kept.Length >= maxLength)
            {
                return kept.Append('…').ToString();
            }

            if (Rune.IsControl(rune) || Rune.IsWhiteSpace(rune))
            {
                kept.Append(kept.Length > 0 && kept[^1] != ' ' ? " " : "");
            }
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned))
            {
                kept.Append(rune);
            }
        }

        return kept.ToString().TrimEnd();
    }
}
