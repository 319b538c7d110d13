using BuatFilm.Admin.Data;
using BuatFilm.Core.Auditing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BuatFilm.Admin.Features.Auditing;

internal sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("audit_log");
        builder.HasKey(entry => entry.Id);
        builder.Property(entry => entry.Id).UseIdentityAlwaysColumn();
        builder.Property(entry => entry.At).HasDefaultValueSql("app_now()");
        builder.Property(entry => entry.Outcome).AsWireName(builder, "outcome");
        builder.Property(entry => entry.Data).HasColumnType("jsonb");
        builder.HasIndex(entry => new { entry.At, entry.Id }).IsDescending();
    }
}
