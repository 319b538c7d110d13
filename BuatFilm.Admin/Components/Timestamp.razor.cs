using Microsoft.AspNetCore.Components;

namespace BuatFilm.Admin.Components;

/// <summary>An instant in WIB, absolute first; how long ago it was, as of the last time it was drawn, behind it or in its tooltip.</summary>
public sealed partial class Timestamp
{
    /// <summary>Null is a dash.</summary>
    [Parameter]
    [EditorRequired]
    public DateTimeOffset? At { get; set; }

    /// <summary>True to say how long ago behind it.</summary>
    [Parameter]
    public bool IsRelativeShown { get; set; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required TimeProvider Time { get; init; }
}
