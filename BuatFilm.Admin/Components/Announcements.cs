namespace BuatFilm.Admin.Components;

/// <summary>Says something to people who listen to the page instead of looking at it; one per open page.</summary>
/// <remarks>For what somebody asked for and must learn the end of: so many rows found, copied, sent. Not for every figure that moves.</remarks>
public sealed class Announcements
{
    /// <summary>What was said last.</summary>
    public event Action<string>? Said;

    public void Say(string text) => Said?.Invoke(text);
}
