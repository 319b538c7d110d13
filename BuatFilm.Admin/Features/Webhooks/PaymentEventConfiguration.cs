using BuatFilm.Admin.Data;
using BuatFilm.Core.Orders;
using BuatFilm.Core.Payments;
using BuatFilm.Core.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BuatFilm.Admin.Features.Webhooks;

internal sealed class PaymentConfiguration : IEntityTypeConfiguration<Payment>
{
    public void Configure(EntityTypeBuilder<Payment> builder)
    {
        builder.ToTable("payments", table => table.HasCheckConstraint("ck_payments_sums", "gross_amount >= 0 and refunded_amount >= 0 and charged_back_amount >= 0"));

        // Under the order, not by the transaction alone: the transaction id is not signed, so anybody may write another's.
        builder.HasKey(payment => new { payment.OrderId, payment.TransactionId });
        builder.Property(payment => payment.OrderId).UseCollation("C");
        builder.Property(payment => payment.TransactionId).UseCollation("C");
        builder.Property(payment => payment.State).AsWireName(builder, "state");
        builder.HasOne<Order>().WithMany().HasForeignKey(payment => payment.OrderId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class PaymentEventConfiguration : IEntityTypeConfiguration<PaymentEvent>
{
    public void Configure(EntityTypeBuilder<PaymentEvent> builder)
    {
        builder.ToTable("payment_events", table => table.HasCheckConstraint("ck_payment_events_event_key", "octet_length(event_key) = 32"));
        builder.HasKey(paymentEvent => paymentEvent.Id);
        builder.Property(paymentEvent => paymentEvent.Id).UseIdentityAlwaysColumn();
        builder.Property(paymentEvent => paymentEvent.OrderId).UseCollation("C");
        builder.Property(paymentEvent => paymentEvent.MidtransOrderId).UseCollation("C");
        builder.Property(paymentEvent => paymentEvent.TransactionId).UseCollation("C");
        builder.Property(paymentEvent => paymentEvent.Outcome).AsWireName(builder, "outcome");
        builder.Property(paymentEvent => paymentEvent.Source).AsWireName(builder, "source");

        // The guard against doubles: unique, and it never expires.
        builder.HasIndex(paymentEvent => paymentEvent.EventKey).IsUnique();

        // What did not simply apply, by what became of it; nearly all rows did, and stay out of it.
        builder.HasIndex(paymentEvent => new { paymentEvent.Outcome, paymentEvent.Id }).HasFilter("outcome <> 'applied'");

        // One order's time line.
        builder.HasIndex(paymentEvent => new { paymentEvent.MidtransOrderId, paymentEvent.Id });
    }
}

internal sealed class RejectedNotificationConfiguration : IEntityTypeConfiguration<RejectedNotification>
{
    public void Configure(EntityTypeBuilder<RejectedNotification> builder)
    {
        builder.ToTable("rejected_notifications", table => table.HasCheckConstraint("ck_rejected_notifications_raw_payload", "octet_length(raw_payload) <= 65536"));
        builder.HasKey(rejected => rejected.Id);
        builder.Property(rejected => rejected.Id).UseIdentityAlwaysColumn();
        builder.HasIndex(rejected => rejected.ReceivedAt);
    }
}

internal sealed class PaymentEventCheckConfiguration : IEntityTypeConfiguration<PaymentEventCheck>
{
    public void Configure(EntityTypeBuilder<PaymentEventCheck> builder)
    {
        builder.ToTable("payment_event_checks");
        builder.HasKey(check => check.EventId);
        builder.Property(check => check.EventId).ValueGeneratedNever();
        builder.Property(check => check.Attempts).HasDefaultValue(0);
        builder.HasOne<PaymentEvent>().WithMany().HasForeignKey(check => check.EventId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(check => new { check.DueAt, check.EventId });
    }
}
