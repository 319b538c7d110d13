using BuatFilm.Admin.Live;
using Microsoft.Extensions.Logging.Abstractions;

namespace BuatFilm.Tests.Live;

/// <summary>Boards for tests.</summary>
internal static class Boards
{
    /// <summary>14.02.05 WIB.</summary>
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 7, 2, 5, TimeSpan.Zero);

    public static readonly NodeIdentity Node = new(Guid.Parse("0193587a-0000-7000-8000-00000000a1b2"), "kasir-1", Noon);

    public static StatusBoard Create(TimeProvider time) => new(Node, time, NullLogger<StatusBoard>.Instance);
}
