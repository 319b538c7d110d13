namespace BuatFilm.Admin.Components;

/// <summary>What a feature shows on the overview. It registers one as a singleton; the shell only collects them.</summary>
/// <param name="Order">Where it stands among the others, from 0.</param>
/// <param name="Component">Without parameters; a <c>section</c> with a heading of the second level.</param>
/// <param name="Permission">What one needs to see it.</param>
public sealed record OverviewTile(int Order, Type Component, string Permission);
