using BuatFilm.Admin.Data;
using BuatFilm.Core.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BuatFilm.Admin.Features.Outbox;

internal sealed class OutboxMessageConfiguration : IEntityTypeConfiguration<OutboxMessage>
{
    public void Configure(EntityTypeBuilder<OutboxMessage> builder)
    {
        builder.ToTable("notification_outbox", table =>
        {
            table.HasCheckConstraint("ck_notification_outbox_locale", "locale in ('id', 'en')");
            table.HasCheckConstraint("ck_notification_outbox_max_attempts", "max_attempts between 1 and 100");
        });
        builder.HasKey(message => message.Id);
        builder.Property(message => message.Id).UseIdentityAlwaysColumn();
        builder.Property(message => message.MessageId).HasDefaultValueSql("gen_random_uuid()");
        builder.Property(message => message.OrderId).UseCollation("C");
        builder.Property(message => message.Channel).AsWireName(builder, "channel");
        builder.Property(message => message.Data).HasColumnType("jsonb");
        builder.Property(message => message.CreatedAt).HasDefaultValueSql("app_now()");
        builder.HasIndex(message => message.DedupeKey).IsUnique();
        builder.HasIndex(message => new { message.OrderId, message.Id });
    }
}

internal sealed class OutboxQueueEntryConfiguration : IEntityTypeConfiguration<OutboxQueueEntry>
{
    public void Configure(EntityTypeBuilder<OutboxQueueEntry> builder)
    {
        builder.ToTable("outbox_queue", table => table.HasCheckConstraint("ck_outbox_queue_attempt", "attempt >= 0 and attempt_limit >= 1"));
        builder.HasKey(entry => entry.MessageId);
        builder.Property(entry => entry.MessageId).ValueGeneratedNever();
        builder.Property(entry => entry.Channel).AsWireName(builder, "channel");
        builder.Property(entry => entry.Attempt).HasDefaultValue(0);
        builder.Property(entry => entry.IsStalled).HasDefaultValue(false);

        // No foreign key to the message: its check locks, and so rewrites, the wide row of every message that is queued again.
        // The claim. The id parts rows that one statement inserted with one due time; without it they are sorted at every claim.
        builder.HasIndex(entry => new { entry.Channel, entry.DueAt, entry.MessageId });

        // A queue is mostly dead rows: clean them early and at full speed, and leave room for the claim's update.
        builder.HasStorageParameter("fillfactor", 50);
        builder.HasStorageParameter("autovacuum_vacuum_scale_factor", 0);
        builder.HasStorageParameter("autovacuum_vacuum_threshold", 2000);
        builder.HasStorageParameter("autovacuum_vacuum_cost_delay", 0);
    }
}

internal sealed class OutboxDeadLetterConfiguration : IEntityTypeConfiguration<OutboxDeadLetter>
{
    public void Configure(EntityTypeBuilder<OutboxDeadLetter> builder)
    {
        builder.ToTable("outbox_dead");
        builder.HasKey(dead => dead.MessageId);
        builder.Property(dead => dead.MessageId).ValueGeneratedNever();
        builder.Property(dead => dead.Channel).AsWireName(builder, "channel");
        builder.HasOne<OutboxMessage>().WithMany().HasForeignKey(dead => dead.MessageId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(dead => new { dead.DeadAt, dead.MessageId }).IsDescending();
        builder.HasIndex(dead => new { dead.Channel, dead.DeadAt, dead.MessageId }).IsDescending(false, true, true);
    }
}

internal sealed class NotificationAttemptConfiguration : IEntityTypeConfiguration<NotificationAttempt>
{
    public void Configure(EntityTypeBuilder<NotificationAttempt> builder)
    {
        builder.ToTable("notification_attempts", table =>
        {
            table.HasCheckConstraint("ck_notification_attempts_code", "length(code) <= 64");
            table.HasCheckConstraint("ck_notification_attempts_error", "length(error) <= 1000");
        });
        builder.HasKey(attempt => new { attempt.MessageId, attempt.Attempt });
        builder.Property(attempt => attempt.Result).AsWireName(builder, "result");
    }
}

internal sealed class MessageReceiptConfiguration : IEntityTypeConfiguration<MessageReceipt>
{
    public void Configure(EntityTypeBuilder<MessageReceipt> builder)
    {
        builder.ToTable("message_receipts", table =>
        {
            table.HasCheckConstraint("ck_message_receipts_provider_id", "length(provider_id) between 1 and 200");
            table.HasCheckConstraint("ck_message_receipts_error", "length(error) <= 1000");
        });
        builder.HasKey(receipt => receipt.ProviderId);
        builder.Property(receipt => receipt.ProviderId).UseCollation("C");
        builder.Property(receipt => receipt.Channel).AsWireName(builder, "channel");
        builder.Property(receipt => receipt.Status).AsWireName(builder, "status");
        builder.HasOne<OutboxMessage>().WithMany().HasForeignKey(receipt => receipt.MessageId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(receipt => receipt.MessageId);
    }
}
