namespace BuatFilm.Admin.Data.Migrations;

/// <summary>What the migration of outages says in SQL.</summary>
internal static class OutagesSql
{
    /// <summary>Payment pages that were opened before anybody asked about them are asked about from now on.</summary>
    public const string AskAboutOpenPages = "update payment_sessions set next_attempt_at = app_now() where state = 'open' and next_attempt_at is null;";
}
