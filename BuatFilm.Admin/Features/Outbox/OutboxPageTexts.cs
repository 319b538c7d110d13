namespace BuatFilm.Admin.Features.Outbox;

/// <summary>Names the texts of the pages of messages: <c>OutboxPageTexts.resx</c> in Indonesian, <c>OutboxPageTexts.en.resx</c> in English.</summary>
public sealed class OutboxPageTexts;
