using BuatFilm.Admin.Data;
using BuatFilm.Core.Orders;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BuatFilm.Admin.Features.Orders;

internal sealed class OrderConfiguration : IEntityTypeConfiguration<Order>
{
    public void Configure(EntityTypeBuilder<Order> builder)
    {
        builder.ToTable("orders", table =>
        {
            table.HasCheckConstraint("ck_orders_order_id", "order_id ~ '^[A-Za-z0-9._~-]{1,40}$'");
            table.HasCheckConstraint("ck_orders_gross_amount", $"gross_amount between 1 and {Rupiah.Max}");
            table.HasCheckConstraint("ck_orders_sums", "paid_amount >= 0 and refunded_amount >= 0 and charged_back_amount >= 0");
            table.HasCheckConstraint("ck_orders_locale", "locale in ('id', 'en')");
        });

        builder.HasKey(order => order.OrderId);
        builder.Property(order => order.OrderId).UseCollation("C");
        builder.Property(order => order.Status).AsWireName(builder, "status");
        builder.Property(order => order.Metadata).HasColumnType("jsonb");
        builder.Property(order => order.Version).HasDefaultValue(0);
        builder.HasMany(order => order.Lines).WithOne().HasForeignKey(line => line.OrderId).OnDelete(DeleteBehavior.Cascade);

        // The orders page: newest first, keyset on (created_at, order_id).
        builder.HasIndex(order => new { order.CreatedAt, order.OrderId }).IsDescending();
        builder.HasIndex(order => new { order.Status, order.CreatedAt, order.OrderId });

        // What was paid today, summed from the index alone.
        builder.HasIndex(order => order.PaidAt).HasFilter("paid_at is not null").IncludeProperties(order => order.PaidAmount);

        // A customer on the phone knows the address or the number.
        builder.HasIndex(order => order.CustomerEmail);
        builder.HasIndex(order => order.CustomerPhone);

        // Every webhook updates the row: room for it in the page keeps the indexes untouched.
        builder.HasStorageParameter("fillfactor", 80);
    }
}

internal sealed class OrderLineConfiguration : IEntityTypeConfiguration<OrderLine>
{
    public void Configure(EntityTypeBuilder<OrderLine> builder)
    {
        builder.ToTable("order_lines", table => table.HasCheckConstraint("ck_order_lines_quantity", "quantity between 1 and 1000000"));
        builder.HasKey(line => new { line.OrderId, line.Position });
        builder.Property(line => line.OrderId).UseCollation("C");
    }
}

internal sealed class PaymentSessionConfiguration : IEntityTypeConfiguration<PaymentSession>
{
    public void Configure(EntityTypeBuilder<PaymentSession> builder)
    {
        builder.ToTable("payment_sessions", table =>
        {
            table.HasCheckConstraint("ck_payment_sessions_sequence", "sequence >= 1");
            table.HasCheckConstraint("ck_payment_sessions_open_has_token", "state <> 'open' or (snap_token is not null and redirect_url is not null and opened_at is not null)");
            table.HasCheckConstraint("ck_payment_sessions_lease", "(lease_owner is null) = (lease_until is null)");
        });

        builder.HasKey(session => session.MidtransOrderId);
        builder.Property(session => session.MidtransOrderId).UseCollation("C");
        builder.Property(session => session.OrderId).UseCollation("C");
        builder.Property(session => session.State).AsWireName(builder, "state");
        builder.Property(session => session.Attempts).HasDefaultValue(0);
        builder.HasOne<Order>().WithMany().HasForeignKey(session => session.OrderId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(session => new { session.OrderId, session.Sequence }).IsUnique();

        // The queue of orders that wait for Midtrans.
        builder.HasIndex(session => session.NextAttemptAt).HasFilter("state = 'queued'").HasDatabaseName("ix_payment_sessions_due");

        // The queue of questions to GET status.
        builder.HasIndex(session => session.NextAttemptAt, "ix_payment_sessions_polls").HasFilter("state <> 'queued' and next_attempt_at is not null");
    }
}
