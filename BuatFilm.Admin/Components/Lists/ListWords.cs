namespace BuatFilm.Admin.Components.Lists;

/// <summary>A list's own words for its states; what is null is said in the words that all lists share.</summary>
public sealed record ListWords
{
    public static ListWords Default { get; } = new();

    /// <summary>Nothing is there, and no filter hides it.</summary>
    public string? EmptyTitle { get; init; }

    public string? EmptyText { get; init; }

    /// <summary>Something may be there, but the filters leave nothing of it.</summary>
    public string? NoMatchTitle { get; init; }

    public string? NoMatchText { get; init; }

    /// <summary>It could not be read.</summary>
    public string? FailureTitle { get; init; }

    public string? FailureText { get; init; }

    /// <summary>The reader may not see it.</summary>
    public string? DeniedTitle { get; init; }

    public string? DeniedText { get; init; }
}
