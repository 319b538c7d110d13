namespace BuatFilm.Admin.Live;

/// <summary>Something that must be done before this node may take traffic. Register as many singletons as there are.</summary>
public interface IReadinessCondition
{
    /// <summary>What is missing while it is not met, in plain English, to follow "Not ready: "; such as <c>the set-up is not done</c>.</summary>
    string Name { get; }

    /// <summary>Read at every probe; answers from memory.</summary>
    bool IsMet { get; }
}
