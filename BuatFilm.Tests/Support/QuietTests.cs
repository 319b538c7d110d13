namespace BuatFilm.Tests.Support;

/// <summary>Tests that need the server to themselves, since another test's write is news to them; they run after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class QuietTests
{
    public const string Name = "quiet";
}
