using System.Text;

namespace BuatFilm.Admin.Http;

/// <summary>Lines of a table that spreadsheets open.</summary>
internal static class Csv
{
    /// <summary>Spreadsheets take a cell that begins with one of these for a formula, and what others wrote must not become one.</summary>
    private const string BeginsFormula = "=+-@\t\r";

    /// <summary>Tells spreadsheets that what follows is UTF-8.</summary>
    public const string ByteOrderMark = "\uFEFF";

    /// <summary>One line, as RFC 4180 has it: every cell in quotes, the line's end included.</summary>
    public static string Line(params ReadOnlySpan<string?> cells)
    {
        var line = new StringBuilder();
        foreach (var cell in cells)
        {
            line.Append(line.Length == 0 ? "\"" : ",\"");
            if (cell is { Length: > 0 } && BeginsFormula.Contains(cell[0], StringComparison.Ordinal))
            {
                line.Append('\'');
            }

            line.Append(cell?.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }

        return line.Append("\r\n").ToString();
    }
}
