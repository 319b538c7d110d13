namespace BuatFilm.Admin.Integrations.WhatsApp;

/// <summary>WhatsApp's account and client.</summary>
internal static class WhatsAppIntegration
{
    public static IServiceCollection AddWhatsApp(this IServiceCollection services, IConfiguration configuration)
    {
        return services;
    }
}
