using BuatFilm.Admin.Data;
using BuatFilm.Core.Breakers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BuatFilm.Admin.Features.Breakers;

internal sealed class BreakerTransitionConfiguration : IEntityTypeConfiguration<BreakerTransition>
{
    public void Configure(EntityTypeBuilder<BreakerTransition> builder)
    {
        builder.ToTable("breaker_transitions");
        builder.HasKey(transition => transition.Id);
        builder.Property(transition => transition.Id).UseIdentityAlwaysColumn();
        builder.Property(transition => transition.Service).AsServiceName(builder);
        builder.Property(transition => transition.FromState).AsWireName(builder, "from_state");
        builder.Property(transition => transition.ToState).AsWireName(builder, "to_state");
        builder.Property(transition => transition.At).HasDefaultValueSql("app_now()");
        builder.Property(transition => transition.Figures).HasColumnType("jsonb");

        // The history, newest first, of one service or of all.
        builder.HasIndex(transition => new { transition.Service, transition.Id }).IsDescending(false, true);
        builder.HasIndex(transition => transition.At);
    }
}

internal sealed class BreakerOverrideConfiguration : IEntityTypeConfiguration<BreakerOverride>
{
    public void Configure(EntityTypeBuilder<BreakerOverride> builder)
    {
        builder.ToTable("breaker_overrides", table =>
        {
            table.HasCheckConstraint("ck_breaker_overrides_expires_at", "expires_at > created_at");
            table.HasCheckConstraint("ck_breaker_overrides_reason", "length(reason) between 1 and 500");
        });
        builder.HasKey(wish => wish.Service);
        builder.Property(wish => wish.Service).AsServiceName(builder);
        builder.Property(wish => wish.Mode).AsWireName(builder, "mode");
        builder.Property(wish => wish.CreatedAt).HasDefaultValueSql("app_now()");
    }
}

internal sealed class ServiceTrialConfiguration : IEntityTypeConfiguration<ServiceTrial>
{
    public void Configure(EntityTypeBuilder<ServiceTrial> builder)
    {
        builder.ToTable("service_trials");
        builder.HasKey(trial => trial.Service);
        builder.Property(trial => trial.Service).AsServiceName(builder);
    }
}
