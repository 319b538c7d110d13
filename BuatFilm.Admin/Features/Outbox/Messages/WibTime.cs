using System.Globalization;

namespace BuatFilm.Admin.Features.Outbox.Messages;

/// <summary>Instants as customers read them: in western Indonesian time, which is seven hours ahead of UTC all year.</summary>
/// <remarks>Written by hand, since a culture's names and marks differ from machine to machine.</remarks>
internal static class WibTime
{
    private static readonly TimeSpan Offset = TimeSpan.FromHours(7);

    private static readonly string[] Indonesian = ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"];

    private static readonly string[] English = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    /// <returns><c>15 Maret 2026 pukul 23.58 WIB</c>, or <c>15 March 2026, 23:58 WIB</c>.</returns>
    public static string Format(DateTimeOffset at, EmailTexts texts)
    {
        var local = at.ToOffset(Offset);
        return texts == EmailTexts.English
            ? string.Create(CultureInfo.InvariantCulture, $"{local.Day} {English[local.Month - 1]} {local.Year}, {local.Hour:00}:{local.Minute:00} WIB")
            : string.Create(CultureInfo.InvariantCulture, $"{local.Day} {Indonesian[local.Month - 1]} {local.Year} pukul {local.Hour:00}.{local.Minute:00} WIB");
    }
}
