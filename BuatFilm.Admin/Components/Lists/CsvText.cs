using System.Buffers;
using System.Globalization;
using BuatFilm.Core.Orders;

namespace BuatFilm.Admin.Components.Lists;

/// <summary>Writes rows as CSV that a spreadsheet opens as it was meant, and that cannot make it calculate.</summary>
/// <remarks>
/// A cell that begins with <c>=</c>, <c>+</c>, <c>-</c>, <c>@</c>, a tab or a line break is a formula to a spreadsheet, and customers write
/// some of our cells: such text gets an apostrophe in front. So does text of digits that would lose its leading zero or its last
/// digits as a number, such as phone and order numbers. Numbers and amounts are written as plain digits.
/// </remarks>
public static class CsvText
{
    /// <summary>UTF-8's mark, without which Excel reads another alphabet.</summary>
    public const string Mark = "\uFEFF";

    private const int MaxSafeDigits = 11;

    private static readonly SearchValues<char> EndsACell = SearchValues.Create("\"\r\n\t,;");

    private static readonly TimeSpan Wib = TimeSpan.FromHours(7);

    /// <summary>What stands between cells: Excel in Indonesian expects a semicolon, in English a comma.</summary>
    public static char Separator => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" ? ',' : ';';

    /// <summary>One line, with its end.</summary>
    /// <param name="cells">Text, numbers, amounts in <see cref="Rupiah"/>, instants (written in WIB), or null for an empty cell.</param>
    public static string Line(IEnumerable<object?> cells, char separator)
    {
        ArgumentNullException.ThrowIfNull(cells);

        return string.Join(separator, cells.Select(Cell)) + "\r\n";
    }

    internal static string Cell(object? value) => value switch
    {
        null => "",
        DateTimeOffset at => at.ToOffset(Wib).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        Rupiah amount => amount.Amount.ToString(CultureInfo.InvariantCulture),
        int or long => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        bool yes => yes ? "1" : "0",
        _ => Quote(Defuse(value.ToString() ?? "")),
    };

    private static string Defuse(string text)
    {
        var cell = text.Replace("\0", "", StringComparison.Ordinal);
        return IsFormula(cell) || IsFragileNumber(cell) ? "'" + cell : cell;
    }

    // Some spreadsheets take the wide forms of East Asian alphabets for the same signs, and skip blanks before them.
    private static bool IsFormula(string cell) =>
        cell.Length > 0 && (cell[0] is '\t' or '\r' or '\n' || (cell.TrimStart() is [var first, ..] && first is '=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠'));

    private static bool IsFragileNumber(string cell) =>
        cell.Length > 1 && cell.All(char.IsAsciiDigit) && (cell[0] == '0' || cell.Length > MaxSafeDigits);

    // Whatever a spreadsheet may take for the end of a cell: it need not be the separator that we chose.
    private static string Quote(string cell) =>
        cell.AsSpan().ContainsAny(EndsACell) || cell.Length != cell.Trim().Length
            ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : cell;
}
