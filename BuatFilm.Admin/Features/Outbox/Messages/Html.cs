using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace BuatFilm.Admin.Features.Outbox.Messages;

/// <summary>Markup. Only literals in our own code and other markup get into it as they are; every string is escaped.</summary>
internal readonly struct Html
{
    private readonly string? _markup;

    private Html(string markup) => _markup = markup;

    public static Html Empty => default;

    public static Html Of(ref HtmlInterpolation markup) => new(markup.ToMarkup());

    public static Html Concat(IEnumerable<Html> parts) => new(string.Concat(parts));

    public override string ToString() => _markup ?? "";
}

/// <summary>Escapes the strings in an interpolation for elements and quoted attributes.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlInterpolation
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _markup;

    public HtmlInterpolation(int literalLength, int formattedCount) => _markup = new StringBuilder(literalLength + (formattedCount * 32));

    public void AppendLiteral(string literal) => _markup.Append(literal);

    public void AppendFormatted(string text) => _markup.Append(Encoder.Encode(text));

    public void AppendFormatted(int number) => _markup.Append(number.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(Html html) => _markup.Append(html.ToString());

    public string ToMarkup() => _markup.ToString();
}
