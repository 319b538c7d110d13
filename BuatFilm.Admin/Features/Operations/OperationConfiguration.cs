using BuatFilm.Admin.Data;
using BuatFilm.Core.Operations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BuatFilm.Admin.Features.Operations;

internal sealed class OperationConfiguration : IEntityTypeConfiguration<Operation>
{
    public void Configure(EntityTypeBuilder<Operation> builder)
    {
        builder.ToTable("operations", table => table.HasCheckConstraint("ck_operations_counts", "done >= 0 and skipped >= 0 and done + skipped <= total"));
        builder.HasKey(operation => operation.Id);
        builder.Property(operation => operation.Id).ValueGeneratedNever();
        builder.Property(operation => operation.State).AsWireName(builder, "state");
        builder.Property(operation => operation.Filter).HasColumnType("jsonb");
        builder.Property(operation => operation.Counts).HasColumnType("jsonb").HasDefaultValueSql("'{}'");
        builder.HasIndex(operation => new { operation.CreatedAt, operation.Id }).IsDescending();

        // What a worker looks for.
        builder.HasIndex(operation => operation.RunsAt).HasFilter("state = 'running'");
    }
}

internal sealed class OperationItemConfiguration : IEntityTypeConfiguration<OperationItem>
{
    public void Configure(EntityTypeBuilder<OperationItem> builder)
    {
        builder.ToTable("operation_items");
        builder.HasKey(item => new { item.OperationId, item.Position });
        builder.Property(item => item.State).AsWireName(builder, "state");
        builder.Property(item => item.PlannedAttempt).HasDefaultValue(0);
        builder.Property(item => item.GrantedAttempts).HasDefaultValue(0);

        // Who requeued a message.
        builder.HasIndex(item => item.TargetId);

        // No foreign key to the operation: an operation has up to a million items, and each would look it up again.
        // Every item is updated once: room for that in its page keeps the key's index untouched.
        builder.HasStorageParameter("fillfactor", 50);
    }
}
