using BuatFilm.Admin.Data;
using BuatFilm.Core.Degradation;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BuatFilm.Admin.Features.Degradation;

internal sealed class DegradationChangeConfiguration : IEntityTypeConfiguration<DegradationChange>
{
    public void Configure(EntityTypeBuilder<DegradationChange> builder)
    {
        builder.ToTable("degradation_changes");
        builder.HasKey(change => change.Id);
        builder.Property(change => change.Id).UseIdentityAlwaysColumn();
        builder.Property(change => change.FromLevel).AsWireName(builder, "from_level");
        builder.Property(change => change.ToLevel).AsWireName(builder, "to_level");
        builder.Property(change => change.At).HasDefaultValueSql("app_now()");
        builder.HasIndex(change => new { change.At, change.Id }).IsDescending();
    }
}
