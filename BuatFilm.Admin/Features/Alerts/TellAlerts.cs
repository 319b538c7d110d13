using System.Globalization;
using System.Text.Json;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Alerts;
using BuatFilm.Core.Outbox;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>Hands what is to be told of alerts to the outbox, once, over channels that work.</summary>
/// <remarks>
/// The alert is locked and marked in the transaction that writes its messages, so two nodes tell once. While no channel works it
/// stays as it is, and is found again.
/// </remarks>
internal sealed class TellAlerts(Databases databases, AlertChannels channels, AlertWords words, IOptions<AlertsOptions> options, Wakes wakes, ILogger<TellAlerts> logger)
{
    /// <summary>Alerts of one kind that are told one by one within ten minutes; the next ones are on the page.</summary>
    internal const int FloodLimit = 10;

    private const int BatchSize = 100;

    private readonly AlertTexts _texts = AlertTexts.Of(options.Value.AlertLanguage);

    /// <returns>How many messages were written.</returns>
    public async Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        if (!await AlertOutbox.IsAnythingWaitingAsync(databases.Workers, options.Value.AlertEscalation, cancellationToken))
        {
            return 0;
        }

        await using var connection = await databases.Workers.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var current = channels.Current();
        var written = 0;
        foreach (var waiting in await AlertOutbox.WaitingAsync(connection, BatchSize, cancellationToken))
        {
            written += await TellAsync(connection, waiting, current, cancellationToken);
        }

        foreach (var stuck in await AlertOutbox.StuckAsync(connection, options.Value.AlertEscalation, cancellationToken))
        {
            written += await EscalateAsync(connection, stuck, current, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        if (written > 0)
        {
            wakes.Outbox.Wake();
        }

        return written;
    }

    private async Task<int> TellAsync(NpgsqlConnection connection, WaitingAlert waiting, IReadOnlyList<AlertChannel> current, CancellationToken cancellationToken)
    {
        var alert = waiting.Facts;
        var news = AlertTelling.NewsOf(waiting.WasTold, alert.ResolvedAt is not null);

        // Nobody is to be told, or nobody was told of the beginning: it is on the page.
        if (current.Count == 0 || (news == AlertNews.Resolved && waiting.Told.Count == 0))
        {
            await AlertOutbox.MarkToldAsync(connection, alert.Id, cancellationToken);
            return 0;
        }

        var chosen = AlertRouting.First(TopicOf(alert), current, waiting.Told);
        if (chosen.Count == 0)
        {
            return 0;
        }

        var isLastForNow = false;
        if (news != AlertNews.Resolved)
        {
            var lately = await AlertOutbox.ToldLatelyAsync(connection, alert.Kind, cancellationToken);
            if (lately >= FloodLimit)
            {
                logger.LogWarning("Alert {AlertId} ({Kind}) is not told by message: {Count} of its kind were within ten minutes.", alert.Id, alert.Kind, lately);
                await AlertOutbox.MarkToldAsync(connection, alert.Id, cancellationToken);
                return 0;
            }

            isLastForNow = lately == FloodLimit - 1;
        }

        var written = await WriteAsync(connection, alert, news, AlertTelling.KindOf(news), waiting.Round, chosen, isLastForNow, cancellationToken);
        await AlertOutbox.MarkToldAsync(connection, alert.Id, cancellationToken);
        return written;
    }

    private async Task<int> EscalateAsync(NpgsqlConnection connection, StuckNews stuck, IReadOnlyList<AlertChannel> current, CancellationToken cancellationToken)
    {
        if (AlertRouting.Next(TopicOf(stuck.Facts), current, stuck.Tried) is not { } next)
        {
            return 0;
        }

        logger.LogWarning("Alert {AlertId} ({Kind}) is not delivered by {Tried}; it goes by {Channel} as well.", stuck.Facts.Id, stuck.Facts.Kind, string.Join(", ", stuck.Tried), next);
        var news = stuck.Kind == AlertNoticeKind.Raised ? AlertNews.Raised : AlertNews.Resolved;
        return await WriteAsync(connection, stuck.Facts, news, stuck.Kind, stuck.Round, [next], isLastForNow: false, cancellationToken);
    }

    private Task<int> WriteAsync(
        NpgsqlConnection connection,
        AlertFacts alert,
        AlertNews news,
        AlertNoticeKind kind,
        int round,
        IReadOnlyList<Channel> chosen,
        bool isLastForNow,
        CancellationToken cancellationToken)
    {
        var recipients = chosen.SelectMany(channel => channels.RecipientsOf(channel).Select(recipient => (channel, recipient))).ToList();
        var data = DataOf(alert, news, words.Of(alert, news, _texts, isLastForNow));

        return AlertOutbox.WriteAsync(connection, alert.Id, kind, round, recipients, _texts.Culture.TwoLetterISOLanguageName, data, cancellationToken);
    }

    /// <remarks>A level has no target, but causes.</remarks>
    private static AlertTopic TopicOf(AlertFacts alert)
    {
        var about = $"{alert.Target}, {alert.Data.GetValueOrDefault("causes")}".Split(", ", StringSplitOptions.RemoveEmptyEntries);
        return new AlertTopic(alert.Kind, about, alert.ResolvedAt is not null);
    }

    /// <summary>What the senders of all channels fill their texts with: flat, as the outbox keeps it.</summary>
    private static Dictionary<string, string> DataOf(AlertFacts alert, AlertNews news, AlertWording wording)
    {
        var data = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["alertId"] = alert.Id.ToString(CultureInfo.InvariantCulture),
            ["alertKind"] = alert.Kind,
            ["severity"] = WireName<AlertSeverity>.Of(alert.Severity),
            ["event"] = WireName<AlertNews>.Of(news),
            ["raisedAt"] = Text(alert.RaisedAt),
            ["occurrences"] = alert.Occurrences.ToString(CultureInfo.InvariantCulture),
            ["details"] = JsonSerializer.Serialize(alert.Data),
            ["subject"] = wording.Subject,
            ["title"] = wording.Title,
            ["what"] = wording.What,
            ["summary"] = wording.Summary,
            ["text"] = wording.Summary, // As WhatsApp's template calls it.
            ["meaning"] = wording.Meaning,
        };
        Add("target", alert.Target);
        Add("resolvedAt", alert.ResolvedAt is { } resolvedAt ? Text(resolvedAt) : null);
        Add("action", wording.Action);
        Add("link", wording.Link?.AbsoluteUri);

        return data;

        void Add(string key, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                data[key] = value;
            }
        }
    }

    private static string Text(DateTimeOffset at) => at.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);
}
