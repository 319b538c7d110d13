using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace BuatFilm.Admin.Http;

/// <summary>Where a page ended: the sort key of its last row, in a form that callers hand back and do not read.</summary>
internal static class Cursor
{
    /// <summary>The longest sort key is an instant, a storefront's name and an idempotency key of 255 characters.</summary>
    private const int MaxLength = 1_200;

    private const char Separator = '\n';

    public static string Of(params ReadOnlySpan<string> parts) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join(Separator, parts!)));

    /// <summary>Reads a cursor back.</summary>
    /// <param name="count">How many parts it must have.</param>
    /// <returns>False for anything that <see cref="Of"/> cannot have made with that many parts. What the parts say is the caller's to check.</returns>
    public static bool TryRead(string cursor, int count, [NotNullWhen(true)] out string[]? parts)
    {
        parts = null;
        if (cursor.Length > MaxLength || !Base64Url.IsValid(cursor))
        {
            return false;
        }

        var read = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(Separator);
        if (read.Length != count || read.Any(part => part.Contains('\0', StringComparison.Ordinal)))
        {
            return false;
        }

        parts = read;
        return true;
    }
}
