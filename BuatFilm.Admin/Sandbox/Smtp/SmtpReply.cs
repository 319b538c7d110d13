namespace BuatFilm.Admin.Sandbox.Smtp;

/// <summary>One reply of the SMTP stand-in; several lines share the code.</summary>
internal sealed record SmtpReply(int Code, params IReadOnlyList<string> Lines)
{
    public static readonly SmtpReply Ok = new(250, "2.0.0 OK");
    public static readonly SmtpReply Bye = new(221, "2.0.0 Bye");
    public static readonly SmtpReply OutOfOrder = new(503, "5.5.1 Bad sequence of commands");
    public static readonly SmtpReply Syntax = new(501, "5.5.4 Syntax error in parameters");
    public static readonly SmtpReply Unknown = new(500, "5.5.2 Command not recognised");
    public static readonly SmtpReply LineTooLong = new(500, "5.5.6 Line too long");
    public static readonly SmtpReply IdleTooLong = new(421, "4.4.2 Idle for too long, closing");
    public static readonly SmtpReply TooManyConnections = new(421, "4.7.0 Too many connections, try later");
    public static readonly SmtpReply TryLater = new(451, "4.3.0 The sandbox was told to fail, try later");
    public static readonly SmtpReply NoSuchMailbox = new(550, "5.1.1 The sandbox was told to refuse this mailbox");

    /// <summary>As it goes over the wire.</summary>
    public override string ToString()
    {
        var last = Lines.Count - 1;
        return string.Concat(Lines.Select((line, index) => $"{Code}{(index == last ? ' ' : '-')}{line}\r\n"));
    }
}
