using BuatFilm.Core.Health;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BuatFilm.Admin.Features.Health;

internal sealed class NodeStatusConfiguration : IEntityTypeConfiguration<NodeStatus>
{
    public void Configure(EntityTypeBuilder<NodeStatus> builder)
    {
        builder.ToTable("node_status");
        builder.HasKey(node => node.NodeId);
        builder.Property(node => node.NodeId).ValueGeneratedNever();
        builder.Property(node => node.Breakers).HasColumnType("jsonb").HasDefaultValueSql("'{}'");
        builder.HasIndex(node => node.SeenAt).HasFilter("stopped_at is null").HasDatabaseName("ix_node_status_living");
    }
}
