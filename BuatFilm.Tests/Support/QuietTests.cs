namespace BuatFilm.Tests.Support;

/// <summary>Tests that need the server or the process to themselves, since what others do there is news to them; they run after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class QuietTests
{
    public const string Name = "quiet";
}
