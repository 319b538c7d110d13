namespace BuatFilm.Core;

/// <summary>The four services whose failures the shop must survive; the one word all features share.</summary>
public enum ExternalService
{
    /// <summary>Midtrans' Snap and Core APIs: payment tokens and payment status.</summary>
    Midtrans,

    /// <summary>PostgreSQL.</summary>
    Database,

    /// <summary>The mail server.</summary>
    Smtp,

    /// <summary>Meta's WhatsApp Cloud API.</summary>
    WhatsApp,
}
