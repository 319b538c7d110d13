using System.Reflection;

namespace BuatFilm.Admin.Shell;

/// <summary>Another assembly with pages beside the app's own; tests bring theirs. Register as many singletons as there are.</summary>
public sealed record PageAssembly(Assembly Assembly);
