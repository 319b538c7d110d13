namespace BuatFilm.Core.Alerts;

/// <summary>The dead letters of one group, as they lie there.</summary>
/// <param name="Count">How many; may be capped.</param>
/// <param name="LatestAt">When the newest died; null when there is none.</param>
public sealed record DeadLetterFigures(long Count, DateTimeOffset? LatestAt);

/// <summary>The open alert of the group.</summary>
/// <param name="Count">How many it names.</param>
/// <param name="ToldCount">How many it named when it was last told.</param>
/// <param name="LatestAt">The newest letter that it has seen.</param>
/// <param name="IsAcknowledged">True when a person has taken it on.</param>
/// <param name="LastNewAt">When a new letter last came.</param>
public sealed record DeadLetterAlert(long Count, long ToldCount, DateTimeOffset LatestAt, bool IsAcknowledged, DateTimeOffset LastNewAt);

/// <summary>What becomes of the alert.</summary>
public enum DeadLetterStep
{
    Nothing,
    Raise,

    /// <summary>New letters came; they belong to the outage that was told.</summary>
    Update,

    /// <summary>They are ten times as many as were told: that is news again.</summary>
    UpdateAndTell,

    /// <summary>Letters went, none came.</summary>
    Recount,
    Resolve,
}

/// <summary>Groups dead letters: one alert while they keep coming, told once, and again at every tenfold.</summary>
public static class DeadLetterRule
{
    public const int Growth = 10;

    /// <summary>How long none may be left before it is over: letters that were sent again may die again.</summary>
    public static readonly TimeSpan EmptyFor = TimeSpan.FromMinutes(1);

    /// <summary>How long none may come before an alert that somebody has taken on is over, though letters are left.</summary>
    public static readonly TimeSpan QuietFor = TimeSpan.FromHours(1);

    /// <param name="open">Null while none is.</param>
    /// <param name="knownLatestAt">The newest letter that the alert before this one had seen; null when there was none.</param>
    /// <param name="emptySince">Since when none is left; null while some are.</param>
    public static DeadLetterStep After(DeadLetterAlert? open, DeadLetterFigures letters, DateTimeOffset? knownLatestAt, DateTimeOffset? emptySince, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(letters);

        if (open is null)
        {
            return letters.LatestAt is { } first && !(first <= knownLatestAt) ? DeadLetterStep.Raise : DeadLetterStep.Nothing;
        }

        if (letters.LatestAt is not { } latest)
        {
            return now - emptySince >= EmptyFor ? DeadLetterStep.Resolve : DeadLetterStep.Nothing;
        }

        if (latest > open.LatestAt)
        {
            return letters.Count >= Math.Max(1, open.ToldCount) * Growth ? DeadLetterStep.UpdateAndTell : DeadLetterStep.Update;
        }

        if (open.IsAcknowledged && now - open.LastNewAt >= QuietFor)
        {
            return DeadLetterStep.Resolve;
        }

        return letters.Count == open.Count ? DeadLetterStep.Nothing : DeadLetterStep.Recount;
    }
}
