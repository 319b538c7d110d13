namespace BuatFilm.Admin.Security;

/// <summary>Addresses that somebody else may have put together.</summary>
internal static class LocalPath
{
    /// <returns>The path, if it is one of this site; else the root. <c>//host</c> and <c>/\host</c> are other sites to a browser.</returns>
    public static string Of(string? path) =>
        path is ['/', ..] && !path.StartsWith("//", StringComparison.Ordinal) && !path.StartsWith("/\\", StringComparison.Ordinal) && !path.Any(char.IsControl) ? path : "/";
}
