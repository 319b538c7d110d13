namespace BuatFilm.Bench;

/// <summary>The run cannot go on, or its figures would say nothing; the message is for people.</summary>
internal sealed class BenchException(string message) : Exception(message);
