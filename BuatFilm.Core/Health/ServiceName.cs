namespace BuatFilm.Core.Health;

/// <summary>The lower-case names under which settings, routes and answers know the services: <c>whatsapp</c>, not <c>whats_app</c>.</summary>
public static class ServiceName
{
    public static string Of(ExternalService service) => service switch
    {
        ExternalService.Midtrans => "midtrans",
        ExternalService.Database => "database",
        ExternalService.Smtp => "smtp",
        ExternalService.WhatsApp => "whatsapp",
    };

    /// <exception cref="ArgumentException">No service has that name.</exception>
    public static ExternalService Parse(string name) =>
        TryParse(name, out var service) ? service : throw new ArgumentException($"'{name}' is no service.", nameof(name));

    /// <summary>Finds the service; letter case does not count, because people write these names into settings.</summary>
    public static bool TryParse(string? name, out ExternalService service)
    {
        foreach (var candidate in Enum.GetValues<ExternalService>())
        {
            if (string.Equals(Of(candidate), name, StringComparison.OrdinalIgnoreCase))
            {
                service = candidate;
                return true;
            }
        }

        service = default;
        return false;
    }
}
