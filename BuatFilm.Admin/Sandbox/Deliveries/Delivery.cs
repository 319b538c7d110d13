namespace BuatFilm.Admin.Sandbox.Deliveries;

/// <summary>One body to be posted to the app until it takes it.</summary>
/// <param name="Lane">Deliveries of one lane go out one after another, in the order they were given.</param>
/// <param name="Path">Below the app's address, with the leading slash.</param>
/// <param name="Body">Exactly what is posted; signatures are over these characters in UTF-8.</param>
/// <param name="Signature">The value of <c>X-Hub-Signature-256</c>; null sends no such header.</param>
/// <param name="NotBefore">Not posted earlier than this.</param>
internal sealed record Delivery(string Id, string Lane, string Path, string Body, string? Signature, DateTimeOffset NotBefore);

/// <summary>A line of the courier's journal: a delivery taken on, or one that is over.</summary>
internal sealed record DeliveryEntry(Delivery? Added, string? DoneId);
