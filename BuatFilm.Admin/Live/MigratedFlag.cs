namespace BuatFilm.Admin.Live;

/// <summary>Tells the board that this build's migrations are applied; the program does not start before they are.</summary>
internal static class MigratedFlag
{
    public static void MarkMigrated(this IServiceProvider services) =>
        services.GetRequiredService<StatusBoard>().Publish(snapshot => snapshot with { IsMigrated = true });
}
