using System.Text.RegularExpressions;
using BuatFilm.Core;

namespace BuatFilm.Tests.Architecture;

/// <summary>Which of our namespaces a source file names: by <c>using</c>, by full name, or by a name relative to its own.</summary>
internal static partial class NamespaceReferences
{
    private static readonly HashSet<string> Types = [.. OurTypes().Select(type => $"{type.Namespace}.{WithoutArity(type.Name)}")];
    private static readonly HashSet<string> Namespaces = [.. OurTypes().SelectMany(type => WithParents(type.Namespace!))];

    // What stands in BuatFilm.Admin itself is in sight of every file below it without a word.
    private static readonly HashSet<string> TopTypes = [.. OurTypes().Where(type => type.Namespace == "BuatFilm.Admin").Select(type => type.Name)];

    /// <param name="ownNamespace">The namespace that the file's code stands in.</param>
    /// <param name="isRazor">True for markup, where code stands in attributes.</param>
    public static IEnumerable<string> In(string source, string ownNamespace, bool isRazor)
    {
        var code = CommentsAndTexts().Replace(source, match => match.Value switch
        {
            ['/' or '<', ..] or ['@', '*', ..] => " ",
            ['$' or '@', ..] text when text.IndexOf('"', StringComparison.Ordinal) is var quote && text[..quote].Contains('$', StringComparison.Ordinal) =>
                string.Join(' ', Holes().Matches(text).Select(hole => hole.Value)),
            var text => isRazor ? text : "\"\"",
        });

        return Names().Matches(code)
            .Select(match => Resolve(match.Value.Replace("global::", "", StringComparison.Ordinal).Split('.', StringSplitOptions.TrimEntries), ownNamespace))
            .OfType<string>()
            .Distinct()
            .Order(StringComparer.Ordinal);
    }

    private static string? Resolve(string[] name, string ownNamespace)
    {
        if (name[0] == "BuatFilm")
        {
            return LongestNamespace(name, "");
        }

        if (ownNamespace != "BuatFilm.Admin" && TopTypes.Contains(name[0]))
        {
            return "BuatFilm.Admin";
        }

        // As C# does: from the innermost namespace outwards. Only a type behind it tells a namespace from a property of the same name.
        foreach (var scope in WithParents(ownNamespace))
        {
            if (LongestNamespace(name, scope + ".") is { } found)
            {
                var used = found[(scope.Length + 1)..].Split('.').Length;
                return used < name.Length && Types.Contains($"{found}.{name[used]}") ? found : null;
            }
        }

        return null;
    }

    private static string? LongestNamespace(string[] name, string scope) =>
        Enumerable.Range(1, name.Length)
            .Select(length => scope + string.Join('.', name.Take(length)))
            .LastOrDefault(Namespaces.Contains);

    private static IEnumerable<string> WithParents(string name)
    {
        for (var rest = name; rest.Length > 0; rest = rest.Contains('.') ? rest[..rest.LastIndexOf('.')] : "")
        {
            yield return rest;
        }
    }

    private static IEnumerable<Type> OurTypes() =>
        new[] { typeof(Program).Assembly, typeof(ExternalService).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.IsNested && type.Namespace?.StartsWith(nameof(BuatFilm), StringComparison.Ordinal) == true);

    private static string WithoutArity(string name) => name.Split('`')[0];

    // One pattern for both: the // of an address is no comment, and the quote in a comment begins no text.
    [GeneratedRegex("""
        \"{3}[\s\S]*?\"{3} | \$?@\$?"(?:[^"]|"")*" | \$?"(?:\\.|[^"\\\n])*" | //[^\n]* | /\*[\s\S]*?\*/ | @\*[\s\S]*?\*@ | <!--[\s\S]*?-->
        """, RegexOptions.IgnorePatternWhitespace, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex CommentsAndTexts();

    [GeneratedRegex(@"\{[^{}]*\}", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Holes();

    [GeneratedRegex(@"(?<![\w.])(?:global::)?[A-Z]\w*(?:\s*\.\s*[A-Z]\w*)+|(?<=[<(]\s*)[A-Z]\w*(?=\s*[>)])", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Names();
}
