using BuatFilm.Admin.Data;
using BuatFilm.Core.Alerts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BuatFilm.Admin.Features.Alerts;

internal sealed class AlertConfiguration : IEntityTypeConfiguration<Alert>
{
    public void Configure(EntityTypeBuilder<Alert> builder)
    {
        builder.ToTable("alerts");
        builder.HasKey(alert => alert.Id);
        builder.Property(alert => alert.Id).UseIdentityAlwaysColumn();
        builder.Property(alert => alert.Severity).AsWireName(builder, "severity");
        builder.Property(alert => alert.Data).HasColumnType("jsonb");
        builder.Property(alert => alert.RaisedAt).HasDefaultValueSql("app_now()");

        // One alert per cause while it lasts, however many nodes see it.
        builder.HasIndex(alert => alert.DedupeKey).IsUnique().HasFilter("resolved_at is null");
        builder.HasIndex(alert => new { alert.RaisedAt, alert.Id }).IsDescending();
    }
}
