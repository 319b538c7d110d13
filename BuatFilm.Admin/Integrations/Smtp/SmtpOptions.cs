using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Extensions.Options;
using MimeKit;

namespace BuatFilm.Admin.Integrations.Smtp;

/// <summary>How the connection to the mail server is protected.</summary>
internal enum SmtpSecurity
{
    /// <summary>Not at all; for a relay on this machine or in a private network.</summary>
    None,

    /// <summary>It begins in the clear and must change to TLS; without STARTTLS nothing is sent.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,
}

/// <summary>The mail server, and how long each step with it may take.</summary>
internal sealed class SmtpOptions : IValidatableObject
{
    public const string Section = "Smtp";

    public string Host { get; set; } = "";

    /// <summary>From 1 to 65535; when it is not set, the usual one of <see cref="Security"/>: 25, 587 or 465.</summary>
    public int? Port { get; set; }

    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;

    /// <summary>Empty for a server that asks nobody to sign in.</summary>
    public string? Username { get; set; }

    public string? Password { get; set; }

    /// <summary>The sender: an address, or <c>Name &lt;address&gt;</c>.</summary>
    public string From { get; set; } = "";

    /// <summary>For reaching the server; from 100 ms to 2 min.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>For the greeting with EHLO and TLS, and once more for signing in; from 100 ms to 2 min.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>From MAIL to the answer that takes the message over; from 100 ms to 10 min.</summary>
    /// <remarks>A server may think long after the final dot. Whoever hangs up early sends the message twice.</remarks>
    public TimeSpan DataTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Connections open at once; from 1 to 100.</summary>
    public int MaxConnections { get; set; } = 8;

    /// <summary>Takes certificates nobody vouches for; only for a server on this machine.</summary>
    public bool AcceptAnyCertificate { get; set; }

    public int EffectivePort => Port ?? Security switch
    {
        SmtpSecurity.None => 25,
        SmtpSecurity.StartTls => 587,
        SmtpSecurity.Tls => 465,
    };

    public bool SignsIn => !string.IsNullOrEmpty(Username);

    public bool IsLoopback =>
        Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <exception cref="FormatException"><see cref="From"/> is no address; validation finds that at startup.</exception>
    public MailboxAddress Sender() =>
        TrySender(out var sender) ? sender : throw new FormatException($"{Section}:{nameof(From)} is not a mail address.");

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Host) || Uri.CheckHostName(Host) == UriHostNameType.Unknown)
        {
            yield return Mistake(nameof(Host), "must name the mail server, such as smtp.example.com; without it no mail can be sent.");
        }

        if (Port is < 1 or > 65535)
        {
            yield return Mistake(nameof(Port), "must be between 1 and 65535; leave it out for the usual one.");
        }

        if (!Enum.IsDefined(Security))
        {
            yield return Mistake(nameof(Security), "must be None, StartTls or Tls.");
        }

        if (!TrySender(out _))
        {
            yield return Mistake(nameof(From), "must be the sender's address, such as BuatFilm <toko@example.com>.");
        }

        if (SignsIn && string.IsNullOrEmpty(Password))
        {
            yield return Mistake(nameof(Password), $"is missing while {Section}:{nameof(Username)} is set.");
        }

        if (!SignsIn && !string.IsNullOrEmpty(Password))
        {
            yield return Mistake(nameof(Username), $"is missing while {Section}:{nameof(Password)} is set.");
        }

        if (AcceptAnyCertificate && !IsLoopback)
        {
            yield return Mistake(nameof(AcceptAnyCertificate), $"is allowed only for a server on this machine, and {Section}:{nameof(Host)} is not one.");
        }

        if (MaxConnections is < 1 or > 100)
        {
            yield return Mistake(nameof(MaxConnections), "must be between 1 and 100.");
        }

        (string Name, TimeSpan Value, TimeSpan Longest)[] timeouts =
        [
            (nameof(ConnectTimeout), ConnectTimeout, TimeSpan.FromMinutes(2)),
            (nameof(CommandTimeout), CommandTimeout, TimeSpan.FromMinutes(2)),
            (nameof(DataTimeout), DataTimeout, TimeSpan.FromMinutes(10)),
        ];
        foreach (var (name, value, longest) in timeouts)
        {
            if (value < TimeSpan.FromMilliseconds(100) || value > longest)
            {
                yield return Mistake(name, $"must be between 100 ms and {longest.TotalMinutes} min; it is {value}.");
            }
        }
    }

    private static ValidationResult Mistake(string name, string what) => new($"{Section}:{name} {what}", [name]);

    private bool TrySender([NotNullWhen(true)] out MailboxAddress? sender) =>
        MailboxAddress.TryParse(From, out sender) && !string.IsNullOrEmpty(sender.Domain) && !From.AsSpan().ContainsAny('\r', '\n');
}

/// <summary>Checks the mail server's settings at startup; the messages name the setting to change.</summary>
[OptionsValidator]
internal sealed partial class SmtpOptionsValidator : IValidateOptions<SmtpOptions>;
