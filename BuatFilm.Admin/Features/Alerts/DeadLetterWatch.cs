using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Alerts;
using Npgsql;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>Makes one alert of the dead letters of a channel, while they keep coming.</summary>
/// <remarks>It looks at the table, so that whatever makes a letter dead need not know of alerts.</remarks>
internal sealed class DeadLetterWatch(Databases databases, Wakes wakes, TimeProvider time, ILogger<DeadLetterWatch> logger)
{
    /// <summary>Counting stops here: beyond it, "more" says as much as a number.</summary>
    private const long CountedUpTo = 10_001;

    /// <summary>How often letters that were sent again are counted anew, while an alert is open.</summary>
    private static readonly TimeSpan Recount = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, DateTimeOffset> _emptySince = new(StringComparer.Ordinal);
    private DateTimeOffset? _seen;
    private long? _counted;

    /// <summary>Brings the alerts up to date; a single quick statement while nothing has happened.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var (latestAt, isAnyOpen) = await DeadLetterRows.LookAsync(databases.Workers, cancellationToken);
        var isNew = latestAt is not null && latestAt != _seen;
        if (!isNew && !(isAnyOpen && (_counted is not { } counted || time.GetElapsedTime(counted) >= Recount)))
        {
            return;
        }

        await using var connection = await databases.Workers.OpenConnectionAsync(cancellationToken);
        foreach (var group in DeadLetterGroup.All)
        {
            await UpdateAsync(connection, group, cancellationToken);
        }

        _seen = latestAt;
        _counted = time.GetTimestamp();
    }

    private async Task UpdateAsync(NpgsqlConnection connection, DeadLetterGroup group, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // The alert first: its lock makes the count newer than that of any node before.
        var open = await DeadLetterRows.OpenAsync(connection, group, cancellationToken);
        var letters = await DeadLetterRows.ReadAsync(connection, group, CountedUpTo, cancellationToken);
        var former = open is null && letters.Figures.LatestAt is not null ? await DeadLetterRows.FormerLatestAsync(connection, group, cancellationToken) : null;
        var step = DeadLetterRule.After(open?.Alert, letters.Figures, former, EmptySince(group, letters, open?.Now), open?.Now ?? default);
        switch (step)
        {
            case DeadLetterStep.Nothing:
                return;

            case DeadLetterStep.Raise:
                if (await DeadLetterRows.RaiseAsync(connection, group, letters, cancellationToken) && group.Channel is null)
                {
                    logger.LogCritical("{Count} alerts could not be delivered by {Channels} ({Codes}): check the recipients in Ops.", letters.Figures.Count, letters.Channels, letters.Codes);
                }

                break;

            case DeadLetterStep.Resolve:
                await AlertRows.ResolveAsync(connection, group.DedupeKey, cancellationToken);
                break;

            case DeadLetterStep.Update or DeadLetterStep.UpdateAndTell or DeadLetterStep.Recount:
                await DeadLetterRows.UpdateAsync(connection, open!, letters, step != DeadLetterStep.Recount, step == DeadLetterStep.UpdateAndTell, cancellationToken);
                break;
        }

        await transaction.CommitAsync(cancellationToken);
        if (step is DeadLetterStep.Raise or DeadLetterStep.Resolve or DeadLetterStep.UpdateAndTell)
        {
            wakes.Alerts.Wake();
        }
    }

    /// <summary>By the database's clock, on this node: after a restart the wait begins again.</summary>
    private DateTimeOffset? EmptySince(DeadLetterGroup group, DeadLetters letters, DateTimeOffset? now)
    {
        if (letters.Figures.LatestAt is not null || now is not { } at)
        {
            _emptySince.Remove(group.DedupeKey);
            return null;
        }

        return _emptySince.TryGetValue(group.DedupeKey, out var since) ? since : _emptySince[group.DedupeKey] = at;
    }
}
