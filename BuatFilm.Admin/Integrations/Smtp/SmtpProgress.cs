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

    // MailKit reports only what it writes after the server has asked for the message.
    public void Report(long bytesTransferred, long totalSize) => Phase = SmtpPhase.Data;

    public void Report(long bytesTransferred) => Phase = SmtpPhase.Data;
}
