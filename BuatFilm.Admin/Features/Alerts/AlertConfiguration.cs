using BuatFilm.Admin.Data;
using BuatFilm.Core.Alerts;
using BuatFilm.Core.Outbox;
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
        builder.Property(alert => alert.LastRaisedAt).HasDefaultValueSql("app_now()");
        builder.Property(alert => alert.Occurrences).HasDefaultValue(1);

        // One alert per cause while it lasts, however many nodes see it.
        builder.HasIndex(alert => alert.DedupeKey).IsUnique().HasFilter("resolved_at is null");
        builder.HasIndex(alert => new { alert.RaisedAt, alert.Id }).IsDescending();

        // What is still to be told: a handful of rows, however long the history.
        builder.HasIndex(alert => alert.Id).HasFilter("notified_at is null or (resolved_at is not null and resolved_notified_at is null)").HasDatabaseName("ix_alerts_to_tell");
    }
}

internal sealed class AlertNoticeConfiguration : IEntityTypeConfiguration<AlertNotice>
{
    public void Configure(EntityTypeBuilder<AlertNotice> builder)
    {
        builder.ToTable("alert_notices");
        builder.HasKey(notice => notice.Id);
        builder.Property(notice => notice.Id).UseIdentityAlwaysColumn();
        builder.Property(notice => notice.Kind).AsWireName(builder, "kind");
        builder.Property(notice => notice.CreatedAt).HasDefaultValueSql("app_now()");
        builder.HasOne<Alert>().WithMany().HasForeignKey(notice => notice.AlertId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<OutboxMessage>().WithMany().HasForeignKey(notice => notice.MessageId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(notice => new { notice.AlertId, notice.Id });
        builder.HasIndex(notice => notice.MessageId).IsUnique();
    }
}
