using BuatFilm.Core.Orders;
using Microsoft.AspNetCore.Components;

namespace BuatFilm.Admin.Components;

/// <summary>What cells of lists show, as markup and not as components: fifty rows of components are a hundred kilobytes in every open page.</summary>
/// <remarks>The components of the same names, for use outside lists, draw the same.</remarks>
public sealed class Cells(Formats formats, TimeProvider time)
{
    /// <summary>Texts written by others are cut here, so that one customer cannot fill the page.</summary>
    public const int LongestText = 240;

    /// <summary>An instant in WIB, the date too unless it is today; how long ago in its tooltip. Null is a dash.</summary>
    public RenderFragment Time(DateTimeOffset? at) => builder =>
    {
        if (at is not { } instant)
        {
            AddNothing(builder);
            return;
        }

        var now = time.GetUtcNow();
        builder.OpenElement(0, "time");
        builder.AddAttribute(1, "class", "timestamp");
        builder.AddAttribute(2, "datetime", Formats.Iso(instant));
        builder.AddAttribute(3, "title", $"{formats.Spelled(instant)} · {formats.Relative(instant, now)}");
        builder.AddContent(4, formats.Instant(instant, now));
        builder.CloseElement();
    };

    /// <summary><c>Rp1.250.000</c>. Null is a dash.</summary>
    public RenderFragment Money(Rupiah? amount) => builder =>
    {
        if (amount is not { } money)
        {
            AddNothing(builder);
            return;
        }

        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", "money");
        builder.AddContent(2, money.ToString());
        builder.CloseElement();
    };

    /// <summary>A state: an icon and a colour by its tone, the everyday word, the technical one behind it.</summary>
    public RenderFragment Chip(Word word) => builder =>
    {
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", $"state {word.Tone.Class()}");
        builder.AddAttribute(2, "data-code", word.Code);
        builder.OpenElement(3, "b");
        builder.AddAttribute(4, "class", "chip");
        builder.AddContent(5, word.Everyday);
        builder.CloseElement();
        if (word.Technical.Length > 0)
        {
            builder.AddContent(6, " ");
            builder.OpenElement(7, "span");
            builder.AddContent(8, $"({word.Technical})");
            builder.CloseElement();
        }

        builder.CloseElement();
    };

    /// <summary>An id or a code, which people compare letter by letter. Null is a dash.</summary>
    public RenderFragment Code(string? text) => builder =>
    {
        if (string.IsNullOrEmpty(text))
        {
            AddNothing(builder);
            return;
        }

        builder.OpenElement(0, "code");
        builder.AddContent(1, ForeignText.Clean(text, LongestText));
        builder.CloseElement();
    };

    /// <summary>Text that customers or other systems wrote: cleaned, cut, and kept from turning the text around it. Null is a dash.</summary>
    public RenderFragment Text(string? text) => builder =>
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            AddNothing(builder);
            return;
        }

        builder.OpenElement(0, "bdi");
        builder.AddAttribute(1, "class", "foreign");
        builder.AddContent(2, ForeignText.Clean(text, LongestText));
        builder.CloseElement();
    };

    private static void AddNothing(Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", "nothing");
        builder.AddContent(2, "–");
        builder.CloseElement();
    }
}
