using System.Text;
using System.Text.RegularExpressions;

namespace BuatFilm.Tests.Shell;

/// <summary>Finds words that a .razor file writes itself instead of taking them from the resources.</summary>
/// <remarks>A reader of the markup that we write, not of all Razor: tags, expressions, and blocks after if, else, for and switch.</remarks>
internal sealed partial class RazorText
{
    private static readonly HashSet<string> SpokenAttributes = new(StringComparer.OrdinalIgnoreCase)
    {
        "title", "label", "text", "aria-label", "aria-description", "alt", "placeholder", "helpertext", "closetext", "oktext", "canceltext",
    };

    private static readonly HashSet<string> ProperNouns = new(StringComparer.Ordinal) { "BuatFilm", "Midtrans", "WhatsApp", "Hangfire", "PostgreSQL" };

    private readonly string _source;
    private readonly List<string> _found = [];
    private int _at;

    private RazorText(string source) => _source = source;

    /// <summary>Every text that is not a proper noun, in the order of the file.</summary>
    public static IReadOnlyList<string> LiteralsIn(string razor)
    {
        var markup = Comment().Replace(razor, "");
        markup = CodeBlock().Replace(markup, "");
        markup = Directive().Replace(markup, "");
        var reader = new RazorText(markup);
        reader.Read();

        return reader._found;
    }

    private void Read()
    {
        var text = new StringBuilder();
        while (_at < _source.Length)
        {
            if (_source[_at] == '<' && _at + 1 < _source.Length && (char.IsLetter(_source[_at + 1]) || _source[_at + 1] is '/' or '!'))
            {
                Flush(text);
                ReadTag();
            }
            else if (_source[_at] == '@')
            {
                ReadExpression();
                text.Append(' ');
            }
            else
            {
                text.Append(_source[_at++]);
            }
        }

        Flush(text);
    }

    private void ReadTag()
    {
        _at++;
        while (_at < _source.Length && _source[_at] != '>')
        {
            var attribute = AttributeStart().Match(_source, _at);
            if (!attribute.Success)
            {
                _at++;
                continue;
            }

            _at += attribute.Length;
            var value = new StringBuilder();
            while (_source[_at] != '"')
            {
                if (_source[_at] == '@')
                {
                    ReadExpression();
                }
                else
                {
                    value.Append(_source[_at++]);
                }
            }

            _at++;
            if (SpokenAttributes.Contains(attribute.Groups["name"].Value))
            {
                Flush(value);
            }
        }

        _at++;
    }

    /// <summary><c>@(…)</c>, <c>@a.B(c)["d"]</c>, or a keyword with its condition.</summary>
    private void ReadExpression()
    {
        _at++;
        while (_at < _source.Length)
        {
            if (_source[_at] is '(' or '[')
            {
                SkipBalanced();
            }
            else if (char.IsLetterOrDigit(_source[_at]) || _source[_at] == '_' || (_source[_at] is '.' && _at + 1 < _source.Length && char.IsLetter(_source[_at + 1])))
            {
                _at++;
            }
            else if (_source[_at] == ' ' && KeywordBefore().IsMatch(_source[..(_at + 1)]))
            {
                _at++;
            }
            else
            {
                return;
            }
        }
    }

    private void SkipBalanced()
    {
        var depth = 0;
        do
        {
            switch (_source[_at])
            {
                case '(' or '[':
                    depth++;
                    break;
                case ')' or ']':
                    depth--;
                    break;
                case '"':
                    _at = _source.IndexOf('"', _at + 1);
                    break;
            }

            _at++;
        }
        while (depth > 0);
    }

    private void Flush(StringBuilder text)
    {
        var words = BlockWord().Replace(Entity().Replace(text.ToString(), " "), " ");
        text.Clear();
        if (Word().Matches(words).Any(word => !ProperNouns.Contains(word.Value)))
        {
            _found.Add(words.Trim());
        }
    }

    [GeneratedRegex(@"@\*.*?\*@|<!--.*?-->", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^@code\b.*", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("^@(page|layout|inherits|inject|implements|using|attribute|rendermode|typeparam|namespace)\\b.*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Directive();

    [GeneratedRegex("""\G\s+(?<name>[@\w:.-]+)\s*=\s*["]""", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex AttributeStart();

    [GeneratedRegex(@"@(if|foreach|for|while|switch) $", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex KeywordBefore();

    [GeneratedRegex(@"\belse(\s+if\s*\([^{]*\))?\s*\{|[{}]", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex BlockWord();

    [GeneratedRegex(@"&\w+;|&#\w+;", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Entity();

    [GeneratedRegex(@"\p{L}[\p{L}\p{Mn}\d]*", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Word();
}
