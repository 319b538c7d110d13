using System.Globalization;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Core.Orders;

namespace BuatFilm.Tests.Components;

public sealed class CsvTextTests
{
    [Theory]
    [InlineData("Budi", "Budi")]
    [InlineData("", "")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+62 812", "'+62 812")]
    [InlineData("-5", "'-5")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("  =1", "'  =1")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("＝1", "'＝1")]
    [InlineData("0812", "'0812")]
    [InlineData("3171234567890123", "'3171234567890123")]
    [InlineData("2026", "2026")]
    [InlineData("a;b", "\"a;b\"")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\tb", "\"a\tb\"")]
    [InlineData("a,=1+1", "\"a,=1+1\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData(" padded ", "\" padded \"")]
    [InlineData("nul\0here", "nulhere")]
    public void Cell_WithText_IsNoFormulaAndKeepsItsDigits(string text, string cell)
    {
        Assert.Equal(cell, CsvText.Cell(text));
    }

    [Fact]
    public void Line_OfOtherValues_WritesThemForMachines()
    {
        var at = new DateTimeOffset(2026, 11, 23, 17, 0, 0, TimeSpan.Zero);

        Assert.Equal("1250000,-3,2026-11-24 00:00:00,,1\r\n", CsvText.Line([new Rupiah(1_250_000), -3, at, null, true], ','));
    }

    [Theory]
    [InlineData("id", ';')]
    [InlineData("en", ',')]
    public void Separator_InEitherLanguage_IsWhatItsExcelExpects(string culture, char separator)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);

        Assert.Equal(separator, CsvText.Separator);
    }
}
