namespace BuatFilm.Admin.Sandbox;

/// <summary>What the stand-ins must know of the app's accounts, and which of them run.</summary>
internal sealed record SandboxSettings
{
    /// <summary>Created when missing. One process at a time uses it.</summary>
    public required string DataDirectory { get; init; }

    public bool RunMidtrans { get; init; } = true;

    public bool RunSmtp { get; init; } = true;

    public bool RunWhatsApp { get; init; } = true;

    /// <summary>0 takes last time's port, or any free one; so for the other two.</summary>
    public int MidtransPort { get; init; }

    public int SmtpPort { get; init; }

    public int WhatsAppPort { get; init; }

    /// <summary>The only key that the Midtrans stand-in lets in, and the one it signs with.</summary>
    public required string ServerKey { get; init; }

    /// <summary>Carried for completeness: browsers use it for cards, and the stand-in's page takes no card.</summary>
    public required string ClientKey { get; init; }

    public required string MerchantId { get; init; }

    /// <summary>Expected of SMTP clients; null accepts everybody, with any password or none.</summary>
    public SmtpLogin? SmtpLogin { get; init; }

    /// <summary>Offers STARTTLS with a certificate that the stand-in signs itself.</summary>
    public bool SmtpStartTls { get; init; }

    /// <summary>Null accepts every phone number id.</summary>
    public string? WhatsAppPhoneNumberId { get; init; }

    /// <summary>Null accepts every bearer, and none.</summary>
    public string? WhatsAppAccessToken { get; init; }

    /// <summary>Signs the status webhooks; null sends none.</summary>
    public string? WhatsAppAppSecret { get; init; }

    /// <summary>Sent with the subscription check once the app listens; null sends none.</summary>
    public string? WhatsAppVerifyToken { get; init; }

    /// <summary>The key with which the shop of <c>/sandbox</c> calls the storefront API; null when there is none.</summary>
    public string? StorefrontKey { get; init; }

    /// <summary>From a refund's request to the bank's confirmation; the real banks take a day.</summary>
    public TimeSpan BankConfirmationDelay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>From one WhatsApp status to the next: sent, delivered, read.</summary>
    public TimeSpan WhatsAppStatusInterval { get; init; } = TimeSpan.FromMilliseconds(300);
}

/// <summary>A user name and password for the SMTP stand-in.</summary>
internal sealed record SmtpLogin(string Username, string Password);
