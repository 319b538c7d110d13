namespace BuatFilm.Admin.Features.Alerts;

/// <summary>Names the texts of the alerts' page and tile: <c>AlertsPageTexts.resx</c> in Indonesian, <c>AlertsPageTexts.en.resx</c> in English. What an alert itself says is in <see cref="AlertTexts"/>.</summary>
public sealed class AlertsPageTexts;
