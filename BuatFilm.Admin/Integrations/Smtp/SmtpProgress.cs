using MailKit;

namespace BuatFilm.Admin.Integrations.Smtp;

/// <summary>How far one attempt has come; outlives the attempt, so that a deadline from outside can be judged too.</summary>
internal sealed class SmtpProgress : ITransferProgress
{
    private volatile SmtpPhase _phase;

    public SmtpPhase Phase
    {
        get => _phase;
        set => _phase = value;
    }

    /// <summary>Called once for each message, when the server has asked for it and its first part is written.</summary>
    public Action? DataBegan { get; set; }

    // MailKit reports what it has written of the message after the server asked for it, and writes the final dot behind
    // the last of these reports. What it writes may lie in a buffer still; that is the safe side.
    public void Report(long bytesTransferred, long totalSize) => Enter(bytesTransferred >= totalSize ? SmtpPhase.Handover : SmtpPhase.Data);

    public void Report(long bytesTransferred) => Enter(SmtpPhase.Handover);

    private void Enter(SmtpPhase phase)
    {
        if (Phase < SmtpPhase.Data)
        {
            DataBegan?.Invoke();
        }

        Phase = phase;
    }
}
