namespace BuatFilm.Core.Orders;

/// <summary>Mail addresses that every mail server takes.</summary>
public static class EmailAddress
{
    /// <summary>True for <c>local@domain</c> in ASCII: at most 64 and 254 characters, no quotes, a domain with a dot.</summary>
    public static bool IsValid(string? text)
    {
        if (text is null || text.Length > 254)
        {
            return false;
        }

        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at is < 1 or > 64 || text.LastIndexOf('@') != at)
        {
            return false;
        }

        var local = text.AsSpan(0, at);
        if (local[0] == '.' || local[^1] == '.' || local.IndexOf("..", StringComparison.Ordinal) >= 0)
        {
            return false;
        }

        foreach (var character in local)
        {
            if (!char.IsAsciiLetterOrDigit(character) && !"!#$%&'*+/=?^_`{|}~.-".Contains(character, StringComparison.Ordinal))
            {
                return false;
            }
        }

        var labels = text[(at + 1)..].Split('.');
        return labels.Length >= 2 && labels[^1].Length >= 2 && labels.All(IsLabel);
    }

    private static bool IsLabel(string label) =>
        label.Length is >= 1 and <= 63 && label[0] != '-' && label[^1] != '-' && label.All(character => char.IsAsciiLetterOrDigit(character) || character == '-');
}
