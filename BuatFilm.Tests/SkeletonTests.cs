namespace BuatFilm.Tests;

public sealed class SkeletonTests
{
    [Fact]
    public void One() => Assert.Equal(2, 1 + 1);
}
