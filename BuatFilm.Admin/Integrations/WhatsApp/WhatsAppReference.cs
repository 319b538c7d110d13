using System.Globalization;
using System.Runtime.InteropServices;

namespace BuatFilm.Admin.Integrations.WhatsApp;

/// <summary>Which attempt at which of our messages a report is about. Meta keeps it with the message and gives it back with every report.</summary>
/// <param name="Id">The row's id.</param>
/// <param name="MessageId">The message's own; another installation on the same number may have a row of the same id.</param>
/// <param name="Attempt">From 1.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WhatsAppReference(long Id, Guid MessageId, int Attempt)
{
    /// <summary>Such as <c>17:7f1d1c1e-5a50-4a5c-9a53-0a3f4f1d6a77:1</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id}:{MessageId:D}:{Attempt}");

    /// <returns>False for what others wrote.</returns>
    public static bool TryParse(string? text, out WhatsAppReference reference)
    {
        reference = default;
        if (text is not { Length: <= 100 } || text.Split(':') is not [var id, var messageId, var attempt])
        {
            return false;
        }

        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var row)
            || !Guid.TryParseExact(messageId, "D", out var message)
            || !int.TryParse(attempt, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        reference = new WhatsAppReference(row, message, number);
        return true;
    }
}
