namespace BuatFilm.Core.Alerts;

/// <summary>What is to be told of an alert.</summary>
public enum AlertNews
{
    /// <summary>It has begun.</summary>
    Raised,

    /// <summary>It is over; that it began was told.</summary>
    Resolved,

    /// <summary>It began and is over, and nobody could be told in between: one message says both.</summary>
    Passed,
}

/// <summary>What follows for an alert that still has something to tell.</summary>
public static class AlertTelling
{
    /// <param name="wasTold">True when the news of its beginning was handed on, or nobody was to be told.</param>
    public static AlertNews NewsOf(bool wasTold, bool isResolved) => (wasTold, isResolved) switch
    {
        (false, false) => AlertNews.Raised,
        (false, true) => AlertNews.Passed,
        (true, _) => AlertNews.Resolved,
    };

    /// <summary>The notice that carries it.</summary>
    public static AlertNoticeKind KindOf(AlertNews news) => news switch
    {
        AlertNews.Raised => AlertNoticeKind.Raised,
        AlertNews.Resolved => AlertNoticeKind.Resolved,
        AlertNews.Passed => AlertNoticeKind.Resolved,
    };
}
