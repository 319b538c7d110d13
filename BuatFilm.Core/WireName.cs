using System.Text;

namespace BuatFilm.Core;

/// <summary>The snake_case name under which an enum value is stored and sent: <c>AwaitingPayment</c> is <c>awaiting_payment</c>.</summary>
public static class WireName<T>
    where T : struct, Enum
{
    private static readonly Dictionary<T, string> Names = Enum.GetValues<T>().ToDictionary(value => value, value => Snake(value.ToString()));
    private static readonly Dictionary<string, T> Values = Names.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    /// <summary>All names, in the order of declaration.</summary>
    public static IReadOnlyCollection<string> All => Names.Values;

    /// <exception cref="KeyNotFoundException">The value is not declared.</exception>
    public static string Of(T value) => Names[value];

    /// <exception cref="FormatException">No value has this name.</exception>
    public static T Parse(string name) =>
        TryParse(name, out var value) ? value : throw new FormatException($"'{name}' is not a {typeof(T).Name}.");

    /// <summary>Finds the value; letter case counts.</summary>
    public static bool TryParse(string? name, out T value)
    {
        value = default;
        return name is not null && Values.TryGetValue(name, out value);
    }

    private static string Snake(string pascal)
    {
        var snake = new StringBuilder(pascal.Length + 4);
        foreach (var letter in pascal)
        {
            if (char.IsUpper(letter) && snake.Length > 0)
            {
                snake.Append('_');
            }

            snake.Append(char.ToLowerInvariant(letter));
        }

        return snake.ToString();
    }
}
