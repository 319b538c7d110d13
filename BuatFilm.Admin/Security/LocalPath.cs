using System.Diagnostics.CodeAnalysis;

namespace BuatFilm.Admin.Security;

/// <summary>Ways back that come in addresses, which anybody can write.</summary>
internal static class LocalPath
{
    /// <summary>True for a path of this site. <c>//host</c> and <c>/\host</c> are other sites to a browser.</summary>
    public static bool IsHere([NotNullWhen(true)] string? path) =>
        path is ['/', ..] && !path.StartsWith("//", StringComparison.Ordinal) && !path.StartsWith("/\\", StringComparison.Ordinal) && !path.Any(char.IsControl);
}
