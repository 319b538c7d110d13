namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>Names the texts of the page of payment events: <c>PaymentEventsPageTexts.resx</c> in Indonesian, <c>PaymentEventsPageTexts.en.resx</c> in English.</summary>
public sealed class PaymentEventsPageTexts;
