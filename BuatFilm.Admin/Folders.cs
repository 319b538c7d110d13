using BuatFilm.Admin.Data.LocalPostgres;

namespace BuatFilm.Admin;

/// <summary>Where the program keeps what is not in a database.</summary>
internal static class Folders
{
    /// <summary>Beside the embedded database's data; without one, in a folder of this checkout's own for temporary files.</summary>
    public static string SandboxOf(WebApplicationBuilder builder, LocalPostgresServer? postgres)
    {
        if (postgres is not null)
        {
            return Path.Combine(postgres.DataDirectory, "sandbox");
        }

        var checkout = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(builder.Environment.ContentRootPath)))[..12];
        return Path.Combine(Path.GetTempPath(), $"buatfilm-sandbox-{Environment.UserName}-{checkout}");
    }
}
