using BuatFilm.Core.Breakers;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Integrations.Smtp;

/// <summary>The way to the mail server: its settings and the mailer.</summary>
internal static class SmtpServices
{
    /// <remarks>Needs <c>ServicePipelines</c> and a <see cref="TimeProvider"/> beside it.</remarks>
    public static IServiceCollection AddSmtp(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SmtpOptions>()
            .Bind(configuration.GetSection(SmtpOptions.Section))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<SmtpOptions>, SmtpOptionsValidator>();
        services.AddSingleton<SmtpMailer>();
        services.AddSingleton<IServiceProbe, SmtpProbe>();

        return services;
    }
}
