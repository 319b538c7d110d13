using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Integrations.Smtp;

/// <summary>A step with the mail server failed; carries what that means. Never leaves <see cref="SmtpMailer"/>.</summary>
#pragma warning disable CA1032, CA1064 // Made in one place, caught in another, both in this folder.
internal sealed class SmtpException(DeliveryOutcome outcome, Exception cause, bool connectionLost) : Exception(outcome.Code, cause)
#pragma warning restore CA1032, CA1064
{
    public DeliveryOutcome Outcome { get; } = outcome;

    /// <summary>True when it was the connection that failed, not the message.</summary>
    public bool ConnectionLost { get; } = connectionLost;
}
