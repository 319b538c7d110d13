using BuatFilm.Admin.Data.LocalPostgres;

namespace BuatFilm.Tests.Data.LocalPostgres;

public sealed class DataFolderTests
{
    private static readonly LocalPostgresOptions Unset = new();

    [Theory]
    [InlineData(false, "/home/rani/.local/share", "/home/rani/.local/share/buatfilm-admin")]
    [InlineData(false, "/Users/rani/Library/Application Support", "/Users/rani/Library/Application Support/buatfilm-admin")]
    [InlineData(true, "/root/.local/share", "/var/lib/buatfilm-admin")]
    public void For_Unset_IsTheUsersFolderAndTheCheckoutsHash(bool isRoot, string ownFolder, string home)
    {
        var folder = DataFolder.For(Unset, "/src/BuatFilm.Admin", isRoot, ownFolder);

        // The first 12 digits of: printf /src/BuatFilm.Admin | sha256sum
        Assert.Equal($"{home}/f31bbb2f77f9", folder.Root);
        Assert.Equal($"{home}/programs", folder.ProgramsFolder);
    }

    [Fact]
    public void For_TheSameCheckoutWithASlash_IsTheSameFolder() =>
        Assert.Equal(
            DataFolder.For(Unset, "/src/BuatFilm.Admin", isRoot: true, ""),
            DataFolder.For(Unset, "/src/BuatFilm.Admin/", isRoot: true, ""));

    [Fact]
    public void For_AnotherCheckout_IsAnotherFolder() =>
        Assert.NotEqual(
            DataFolder.For(Unset, "/src/one", isRoot: true, "").Root,
            DataFolder.For(Unset, "/src/two", isRoot: true, "").Root);

    [Theory]
    [InlineData("/srv/data", "/srv/data")]
    [InlineData("data", "/src/BuatFilm.Admin/data")]
    public void For_ANamedFolder_IsThatFolder(string named, string expected)
    {
        var options = new LocalPostgresOptions { DataDirectory = named };

        Assert.Equal(expected, DataFolder.For(options, "/src/BuatFilm.Admin", isRoot: false, "/home/rani/.local/share").Root);
    }

    [Fact]
    public void For_AUserWithoutAHome_AsksForTheSetting()
    {
        var failure = Assert.Throws<LocalPostgresException>(() => DataFolder.For(Unset, "/src", isRoot: false, ownFolder: ""));

        Assert.Contains("LocalPostgres:DataDirectory", failure.Message, StringComparison.Ordinal);
    }
}
