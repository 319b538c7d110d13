using BuatFilm.Admin.Components.Lists;

namespace BuatFilm.Tests.Components;

public sealed class RowMergeTests
{
    [Theory]
    [InlineData("c b a", "c b a", true, "c b a", 0, 0)] // Nothing new.
    [InlineData("c b a", "e d c b a", true, "c b a", 2, 0)] // Above.
    [InlineData("c b a", "c x b a", true, "c b a", 1, 0)] // Between.
    [InlineData("c b a", "c a", true, "c b! a", 0, 1)] // One is gone.
    [InlineData("c b a", "f e d", false, "c b a", 3, 0)] // All pushed away: of those below nothing is known.
    [InlineData("c b a", "d c b", false, "c b a", 1, 0)] // The last is pushed off, not gone.
    [InlineData("c b a", "d c a z y", false, "c b! a", 1, 1)] // z and y belong to the next page.
    [InlineData("c b a", "x", true, "c! b! a!", 1, 3)]
    [InlineData("c b a", "", true, "c! b! a!", 0, 3)]
    [InlineData("c b! a", "c b a", true, "c b a", 0, 0)] // It came back.
    [InlineData("", "b a", true, "", 2, 0)]
    public void Of_News_KeepsEveryRowInItsPlace(string shown, string read, bool readIsWhole, string rows, int added, int gone)
    {
        var merge = RowMerge<string>.Of(Rows(shown, "old"), Rows(read, "new"), readIsWhole);

        Assert.Equal(rows, string.Join(' ', merge.Rows.Select(row => row.Key + (row.IsGone ? "!" : ""))));
        Assert.Equal((added, gone), (merge.New, merge.Gone));
        Assert.All(merge.Rows.Where(row => read.Split(' ').Contains(row.Key)), row => Assert.Equal("new", row.Row));
    }

    private static List<ShownRow<string>> Rows(string keys, string value) =>
        [.. keys.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(key => new ShownRow<string>(key.TrimEnd('!'), value, key.EndsWith('!')))];
}
