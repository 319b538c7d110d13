namespace BuatFilm.Tests.Support;

/// <summary>For tests that look for mistakes in the project itself.</summary>
internal static class Found
{
    /// <summary>Fails with every finding in full, one a line; xunit would cut them short.</summary>
    public static void Nothing(IEnumerable<string?> findings)
    {
        var all = findings.ToList();

        Assert.True(all.Count == 0, string.Join(Environment.NewLine, all.Prepend($"{all.Count} found:")));
    }
}
