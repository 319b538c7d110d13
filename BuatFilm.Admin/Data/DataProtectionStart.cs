using Microsoft.AspNetCore.DataProtection;

namespace BuatFilm.Admin.Data;

/// <summary>The keys that protect cookies and stored answers: in the database, so that every node reads what another wrote.</summary>
internal static class DataProtectionStart
{
    public static IServiceCollection AddSharedDataProtection(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("BuatFilm.Admin").PersistKeysToDbContext<AdminDbContext>();
        return services;
    }
}
