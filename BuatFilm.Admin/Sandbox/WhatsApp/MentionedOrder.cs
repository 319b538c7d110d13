using System.Text.RegularExpressions;

namespace BuatFilm.Admin.Sandbox.WhatsApp;

/// <summary>Finds out which order a WhatsApp message is about.</summary>
internal static partial class MentionedOrder
{
    /// <summary>The order id; null when nothing looks like one.</summary>
    /// <param name="isKnown">Whether an order with that id was ever sent to the Midtrans stand-in.</param>
    public static string? In(WhatsAppRequest request, Func<string, bool> isKnown)
    {
        if (request.NamedOrderId is { } named)
        {
            return named;
        }

        // The callback data last: they are the sender's own reference, in which a number may happen to be somebody's order id.
        var words = request.Parameters.SelectMany(Words).Concat(Words(request.CallbackData)).ToList();
        if (words.FirstOrDefault(isKnown) is { } known)
        {
            return known;
        }

        // Not known, for instance because Midtrans is down: then what looks most like an id, the parameters first.
        return request.Parameters.FirstOrDefault(LooksLikeOrderId)
            ?? Words(request.CallbackData).FirstOrDefault(LooksLikeOrderId);
    }

    private static IEnumerable<string> Words(string? text) =>
        WordPattern().Matches(text ?? "").Select(match => match.Value.TrimEnd('.', '-', '~', '_'));

    // Letters and digits and something between them; a name has no digit, an amount no letter, an outbox id is a uuid.
    private static bool LooksLikeOrderId(string text) =>
        OrderIdPattern().IsMatch(text)
        && text.Any(char.IsAsciiDigit)
        && text.Any(char.IsAsciiLetter)
        && !text.StartsWith("Rp", StringComparison.OrdinalIgnoreCase)
        && !Guid.TryParse(text, out _);

    [GeneratedRegex("[A-Za-z0-9._~-]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex WordPattern();

    [GeneratedRegex("^[A-Za-z0-9._~-]{1,40}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex OrderIdPattern();
}
