using System.Collections.Immutable;
using System.Globalization;

namespace BuatFilm.Admin.Components.Lists;

/// <summary>The way from a list's first page to the one that is shown: the cursors of the pages on it, the shown one's last.</summary>
/// <remarks>
/// It stands in the address as <c>cursor.cursor.cursor</c>. A keyset source only knows the way on; by the trail one also finds the way
/// back, after a reload or in a colleague's browser too. A long way loses its beginning: <c>~7.cursor.cursor</c> has forgotten seven.
/// </remarks>
/// <param name="Forgotten">Pages between the first page and the first cursor that is left; from 0.</param>
public sealed record PageTrail(ImmutableArray<string> Cursors, int Forgotten = 0)
{
    /// <summary>Characters of the trail in the address, at most: browsers and proxies take 2,000 in all.</summary>
    public const int MaxLength = 1_200;

    private const char Separator = '.';

    public static PageTrail Start { get; } = new([]);

    /// <summary>The cursor of the page that is shown; null on the first.</summary>
    public string? Cursor => Cursors.IsEmpty ? null : Cursors[^1];

    /// <summary>Which page is shown, from 1.</summary>
    public int Page => Forgotten + Cursors.Length + 1;

    /// <summary>The page behind the shown one.</summary>
    public PageTrail Next(string cursor)
    {
        var next = new PageTrail(Cursors.Add(cursor), Forgotten);
        while (next.ToString().Length > MaxLength && next.Cursors.Length > 1)
        {
            next = new PageTrail(next.Cursors.RemoveAt(0), next.Forgotten + 1);
        }

        return next;
    }

    /// <summary>The page before the shown one; where that is forgotten, the first.</summary>
    public PageTrail Previous() => Cursors.Length <= 1 ? Start : new PageTrail(Cursors.RemoveAt(Cursors.Length - 1), Forgotten);

    /// <summary>Reads what <see cref="ToString"/> wrote. Anything else is the first page.</summary>
    public static PageTrail Parse(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
        {
            return Start;
        }

        var parts = text.Split(Separator);
        var forgotten = 0;
        if (parts[0] is ['~', ..])
        {
            if (!int.TryParse(parts[0].AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out forgotten) || forgotten > 1_000_000)
            {
                return Start;
            }

            parts = parts[1..];
        }

        return parts.Length > 0 && parts.All(IsCursor) ? new PageTrail([.. parts], forgotten) : Start;
    }

    public bool Equals(PageTrail? other) => other is not null && Forgotten == other.Forgotten && Cursors.SequenceEqual(other.Cursors);

    public override int GetHashCode() => HashCode.Combine(Forgotten, Cursors.Length, Cursor);

    public override string ToString() =>
        (Forgotten > 0 ? string.Create(CultureInfo.InvariantCulture, $"~{Forgotten}{Separator}") : "") + string.Join(Separator, Cursors);

    // The alphabet of base64url, which all our cursors are written in.
    private static bool IsCursor(string text) =>
        text.Length > 0 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
