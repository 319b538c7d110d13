using Microsoft.AspNetCore.Components;

namespace BuatFilm.Admin.Components;

/// <summary>An instant in WIB; how long ago it was stands in its tooltip, as of the last time it was drawn.</summary>
public sealed partial class Timestamp
{
    [Parameter]
    [EditorRequired]
    public DateTimeOffset At { get; set; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required TimeProvider Time { get; init; }
}
