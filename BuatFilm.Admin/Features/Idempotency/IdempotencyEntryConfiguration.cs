using BuatFilm.Admin.Data;
using BuatFilm.Core.Idempotency;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BuatFilm.Admin.Features.Idempotency;

internal sealed class IdempotencyEntryConfiguration : IEntityTypeConfiguration<IdempotencyEntry>
{
    public void Configure(EntityTypeBuilder<IdempotencyEntry> builder)
    {
        builder.ToTable("idempotency_store", table =>
        {
            table.HasCheckConstraint("ck_idempotency_store_key", "length(key) between 1 and 255");
            table.HasCheckConstraint("ck_idempotency_store_fingerprint", "octet_length(fingerprint) = 32");
            table.HasCheckConstraint("ck_idempotency_store_done", "state <> 'done' or (status is not null and body is not null)");
        });
        builder.HasKey(entry => new { entry.Scope, entry.Key });
        builder.Property(entry => entry.Scope).UseCollation("C");
        builder.Property(entry => entry.Key).UseCollation("C");
        builder.Property(entry => entry.State).AsWireName(builder, "state");
        builder.Property(entry => entry.Attempt).HasDefaultValue(1);
        builder.Property(entry => entry.Headers).HasColumnType("jsonb");
        builder.HasIndex(entry => entry.ExpiresAt).HasFilter("state = 'done'");
        builder.HasIndex(entry => entry.LeaseUntil).HasFilter("state <> 'done'");
    }
}
