using BuatFilm.Admin.Http;

namespace BuatFilm.Tests.Http;

public sealed class CsvTests
{
    [Theory]
    [InlineData("=1+1", "\"'=1+1\"\r\n")]
    [InlineData("+62", "\"'+62\"\r\n")]
    [InlineData("-2", "\"'-2\"\r\n")]
    [InlineData("@sum", "\"'@sum\"\r\n")]
    [InlineData("\tx", "\"'\tx\"\r\n")]
    [InlineData("\rx", "\"'\rx\"\r\n")]
    [InlineData("say \"hi\", twice", "\"say \"\"hi\"\", twice\"\r\n")]
    [InlineData("", "\"\"\r\n")]
    [InlineData(null, "\"\"\r\n")]
    public void Line_IsNoFormula(string? cell, string line)
    {
        Assert.Equal(line, Csv.Line(cell));
    }

    [Fact]
    public void Line_OfCells_PartsThem()
    {
        Assert.Equal("\"a\",\"\",\"b\"\r\n", Csv.Line("a", null, "b"));
        Assert.Equal("\"\",\"b\"\r\n", Csv.Line("", "b"));
    }
}
