namespace BuatFilm.Admin.Features.Jobs;

/// <summary>Names the texts of the page of recurring jobs: <c>RecurringJobsPageTexts.resx</c> in Indonesian, <c>RecurringJobsPageTexts.en.resx</c> in English.</summary>
public sealed class RecurringJobsPageTexts;
