namespace BuatFilm.Admin.Features.Auditing;

/// <summary>Names the texts of the audit log's page: <c>AuditPageTexts.resx</c> in Indonesian, <c>AuditPageTexts.en.resx</c> in English.</summary>
public sealed class AuditPageTexts;
