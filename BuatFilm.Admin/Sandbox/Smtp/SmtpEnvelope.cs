namespace BuatFilm.Admin.Sandbox.Smtp;

/// <summary>The mail transaction under way on one connection.</summary>
/// <param name="RefusesRecipients">Drawn for the whole mail: every RCPT gets a 550.</param>
internal sealed record SmtpEnvelope(string Sender, bool RefusesRecipients)
{
    public List<string> Recipients { get; } = [];
}
