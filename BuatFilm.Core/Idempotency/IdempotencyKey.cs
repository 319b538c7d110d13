namespace BuatFilm.Core.Idempotency;

/// <summary>Reads the value of an <c>Idempotency-Key</c> header.</summary>
public static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    /// <summary>The longest key, in characters.</summary>
    public const int MaxLength = 255;

    /// <summary>Takes the key out of the header's values: bare, or quoted as the IETF draft writes it; both forms name the same key.</summary>
    /// <param name="values">Every value that was sent, one per occurrence of the header.</param>
    /// <param name="key">1 to <see cref="MaxLength"/> printable ASCII characters when the reading is <see cref="KeyReading.Valid"/>, else empty.</param>
    public static KeyReading Read(IReadOnlyList<string?> values, out string key)
    {
        ArgumentNullException.ThrowIfNull(values);

        key = "";
        if (values.Count == 0)
        {
            return KeyReading.Missing;
        }

        var text = values.Count == 1 ? Unquote(values[0]?.Trim(' ', '\t') ?? "") : null;
        if (text is not { Length: >= 1 and <= MaxLength } || text.Any(letter => letter is < ' ' or > '~'))
        {
            return KeyReading.Invalid;
        }

        key = text;
        return KeyReading.Valid;
    }

    /// <summary>The text of a structured-field string; null when a quote does not fit.</summary>
    private static string? Unquote(string value)
    {
        if (!value.StartsWith('"'))
        {
            // A comma parts two keys that a proxy folded into one line.
            return value.AsSpan().ContainsAny('"', ',') ? null : value;
        }

        if (value.Length < 2 || !value.EndsWith('"'))
        {
            return null;
        }

        var text = new System.Text.StringBuilder(value.Length);
        for (var i = 1; i < value.Length - 1; i++)
        {
            switch (value[i])
            {
                case '"':
                    return null;
                case '\\' when i + 1 < value.Length - 1 && value[i + 1] is '"' or '\\':
                    text.Append(value[++i]);
                    break;
                case '\\':
                    return null;
                default:
                    text.Append(value[i]);
                    break;
            }
        }

        return text.ToString();
    }
}

public enum KeyReading
{
    Valid,
    Missing,

    /// <summary>Given twice, empty, too long, or not printable ASCII.</summary>
    Invalid,
}
