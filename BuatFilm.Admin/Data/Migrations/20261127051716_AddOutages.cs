using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace BuatFilm.Admin.Data.Migrations
{
    /// <inheritdoc />
    public partial class AddOutages : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_operation_items_operations_operation_id",
                table: "operation_items");

            migrationBuilder.DropForeignKey(
                name: "fk_outbox_queue_notification_outbox_message_id",
                table: "outbox_queue");

            migrationBuilder.DropCheckConstraint(
                name: "ck_outbox_queue_channel",
                table: "outbox_queue");

            migrationBuilder.DropCheckConstraint(
                name: "ck_outbox_dead_channel",
                table: "outbox_dead");

            migrationBuilder.DropCheckConstraint(
                name: "ck_notification_outbox_channel",
                table: "notification_outbox");

            migrationBuilder.AlterTable(
                name: "operation_items")
                .Annotation("Npgsql:StorageParameter:fillfactor", 50);

            migrationBuilder.AddColumn<bool>(
                name: "is_stalled",
                table: "outbox_queue",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "counts",
                table: "operations",
                type: "jsonb",
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.AddColumn<Guid>(
                name: "lease_owner",
                table: "operations",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "lease_until",
                table: "operations",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "runs_at",
                table: "operations",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ended_at",
                table: "operation_items",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "granted_attempts",
                table: "operation_items",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "planned_attempt",
                table: "operation_items",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "breakers",
                table: "node_status",
                type: "jsonb",
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "reported_at",
                table: "node_status",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "last_raised_at",
                table: "alerts",
                type: "timestamp with time zone",
                nullable: false,
                defaultValueSql: "app_now()");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "notified_at",
                table: "alerts",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "occurrences",
                table: "alerts",
                type: "integer",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "resolved_notified_at",
                table: "alerts",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "alert_notices",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    alert_id = table.Column<long>(type: "bigint", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    message_id = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "app_now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_alert_notices", x => x.id);
                    table.CheckConstraint("ck_alert_notices_kind", "kind in ('raised', 'resolved')");
                    table.ForeignKey(
                        name: "fk_alert_notices_alerts_alert_id",
                        column: x => x.alert_id,
                        principalTable: "alerts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_alert_notices_notification_outbox_message_id",
                        column: x => x.message_id,
                        principalTable: "notification_outbox",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "breaker_overrides",
                columns: table => new
                {
                    service = table.Column<string>(type: "text", nullable: false),
                    mode = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    actor = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "app_now()"),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_breaker_overrides", x => x.service);
                    table.CheckConstraint("ck_breaker_overrides_expires_at", "expires_at > created_at");
                    table.CheckConstraint("ck_breaker_overrides_mode", "mode in ('automatic', 'isolated', 'disabled', 'monitor_only')");
                    table.CheckConstraint("ck_breaker_overrides_reason", "length(reason) between 1 and 500");
                    table.CheckConstraint("ck_breaker_overrides_service", "service in ('midtrans', 'database', 'smtp', 'whatsapp')");
                });

            migrationBuilder.CreateTable(
                name: "breaker_transitions",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    node_id = table.Column<Guid>(type: "uuid", nullable: false),
                    service = table.Column<string>(type: "text", nullable: false),
                    from_state = table.Column<string>(type: "text", nullable: false),
                    to_state = table.Column<string>(type: "text", nullable: false),
                    cause = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "app_now()"),
                    retry_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    figures = table.Column<string>(type: "jsonb", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_breaker_transitions", x => x.id);
                    table.CheckConstraint("ck_breaker_transitions_from_state", "from_state in ('closed', 'open', 'half_open', 'isolated')");
                    table.CheckConstraint("ck_breaker_transitions_service", "service in ('midtrans', 'database', 'smtp', 'whatsapp')");
                    table.CheckConstraint("ck_breaker_transitions_to_state", "to_state in ('closed', 'open', 'half_open', 'isolated')");
                });

            migrationBuilder.CreateTable(
                name: "degradation_changes",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    node_id = table.Column<Guid>(type: "uuid", nullable: false),
                    from_level = table.Column<string>(type: "text", nullable: false),
                    to_level = table.Column<string>(type: "text", nullable: false),
                    causes = table.Column<string[]>(type: "text[]", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "app_now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_degradation_changes", x => x.id);
                    table.CheckConstraint("ck_degradation_changes_from_level", "from_level in ('normal', 'degraded', 'severe', 'emergency')");
                    table.CheckConstraint("ck_degradation_changes_to_level", "to_level in ('normal', 'degraded', 'severe', 'emergency')");
                });

            migrationBuilder.CreateTable(
                name: "message_receipts",
                columns: table => new
                {
                    provider_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    channel = table.Column<string>(type: "text", nullable: false),
                    message_id = table.Column<long>(type: "bigint", nullable: true),
                    status = table.Column<string>(type: "text", nullable: false),
                    sent_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    delivered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    read_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    failed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    code = table.Column<string>(type: "text", nullable: true),
                    error = table.Column<string>(type: "text", nullable: true),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_message_receipts", x => x.provider_id);
                    table.CheckConstraint("ck_message_receipts_channel", "channel in ('email', 'whatsapp', 'webhook')");
                    table.CheckConstraint("ck_message_receipts_error", "length(error) <= 1000");
                    table.CheckConstraint("ck_message_receipts_provider_id", "length(provider_id) between 1 and 200");
                    table.CheckConstraint("ck_message_receipts_status", "status in ('sent', 'failed', 'delivered', 'read')");
                    table.ForeignKey(
                        name: "fk_message_receipts_notification_outbox_message_id",
                        column: x => x.message_id,
                        principalTable: "notification_outbox",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "service_trials",
                columns: table => new
                {
                    service = table.Column<string>(type: "text", nullable: false),
                    node_id = table.Column<Guid>(type: "uuid", nullable: false),
                    held_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    trials = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_service_trials", x => x.service);
                    table.CheckConstraint("ck_service_trials_service", "service in ('midtrans', 'database', 'smtp', 'whatsapp')");
                });

            migrationBuilder.CreateIndex(
                name: "ix_payment_sessions_polls",
                table: "payment_sessions",
                column: "next_attempt_at",
                filter: "state <> 'queued' and next_attempt_at is not null");

            migrationBuilder.CreateIndex(
                name: "ix_payment_events_outcome_id",
                table: "payment_events",
                columns: new[] { "outcome", "id" },
                filter: "outcome <> 'applied'");

            migrationBuilder.AddCheckConstraint(
                name: "ck_outbox_queue_channel",
                table: "outbox_queue",
                sql: "channel in ('email', 'whatsapp', 'webhook')");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_dead_channel_dead_at_message_id",
                table: "outbox_dead",
                columns: new[] { "channel", "dead_at", "message_id" },
                descending: new[] { false, true, true });

            migrationBuilder.AddCheckConstraint(
                name: "ck_outbox_dead_channel",
                table: "outbox_dead",
                sql: "channel in ('email', 'whatsapp', 'webhook')");

            migrationBuilder.CreateIndex(
                name: "ix_orders_customer_email",
                table: "orders",
                column: "customer_email");

            migrationBuilder.CreateIndex(
                name: "ix_orders_customer_phone",
                table: "orders",
                column: "customer_phone");

            migrationBuilder.CreateIndex(
                name: "ix_operations_runs_at",
                table: "operations",
                column: "runs_at",
                filter: "state = 'running'");

            migrationBuilder.CreateIndex(
                name: "ix_operation_items_target_id",
                table: "operation_items",
                column: "target_id");

            migrationBuilder.AddCheckConstraint(
                name: "ck_notification_outbox_channel",
                table: "notification_outbox",
                sql: "channel in ('email', 'whatsapp', 'webhook')");

            migrationBuilder.CreateIndex(
                name: "ix_alerts_to_tell",
                table: "alerts",
                column: "id",
                filter: "notified_at is null or (resolved_at is not null and resolved_notified_at is null)");

            migrationBuilder.CreateIndex(
                name: "ix_alert_notices_alert_id_id",
                table: "alert_notices",
                columns: new[] { "alert_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_alert_notices_message_id",
                table: "alert_notices",
                column: "message_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_breaker_transitions_at",
                table: "breaker_transitions",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "ix_breaker_transitions_service_id",
                table: "breaker_transitions",
                columns: new[] { "service", "id" },
                descending: new[] { false, true });

            migrationBuilder.CreateIndex(
                name: "ix_degradation_changes_at_id",
                table: "degradation_changes",
                columns: new[] { "at", "id" },
                descending: new bool[0]);

            migrationBuilder.CreateIndex(
                name: "ix_message_receipts_message_id",
                table: "message_receipts",
                column: "message_id");

            migrationBuilder.Sql(OutagesSql.DeadLetterWords);
            migrationBuilder.Sql(OutagesSql.DeadLetterWordsIndex);
            migrationBuilder.Sql(OutagesSql.RequeueSlots);
            migrationBuilder.Sql(OutagesSql.AuditChain);
            migrationBuilder.Sql(OutagesSql.AskAboutOpenPages);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(OutagesSql.Undo);

            migrationBuilder.DropTable(
                name: "alert_notices");

            migrationBuilder.DropTable(
                name: "breaker_overrides");

            migrationBuilder.DropTable(
                name: "breaker_transitions");

            migrationBuilder.DropTable(
                name: "degradation_changes");

            migrationBuilder.DropTable(
                name: "message_receipts");

            migrationBuilder.DropTable(
                name: "service_trials");

            migrationBuilder.DropIndex(
                name: "ix_payment_sessions_polls",
                table: "payment_sessions");

            migrationBuilder.DropIndex(
                name: "ix_payment_events_outcome_id",
                table: "payment_events");

            migrationBuilder.DropCheckConstraint(
                name: "ck_outbox_queue_channel",
                table: "outbox_queue");

            migrationBuilder.DropIndex(
                name: "ix_outbox_dead_channel_dead_at_message_id",
                table: "outbox_dead");

            migrationBuilder.DropCheckConstraint(
                name: "ck_outbox_dead_channel",
                table: "outbox_dead");

            migrationBuilder.DropIndex(
                name: "ix_orders_customer_email",
                table: "orders");

            migrationBuilder.DropIndex(
                name: "ix_orders_customer_phone",
                table: "orders");

            migrationBuilder.DropIndex(
                name: "ix_operations_runs_at",
                table: "operations");

            migrationBuilder.DropIndex(
                name: "ix_operation_items_target_id",
                table: "operation_items");

            migrationBuilder.DropCheckConstraint(
                name: "ck_notification_outbox_channel",
                table: "notification_outbox");

            migrationBuilder.DropIndex(
                name: "ix_alerts_to_tell",
                table: "alerts");

            migrationBuilder.DropColumn(
                name: "is_stalled",
                table: "outbox_queue");

            migrationBuilder.DropColumn(
                name: "counts",
                table: "operations");

            migrationBuilder.DropColumn(
                name: "lease_owner",
                table: "operations");

            migrationBuilder.DropColumn(
                name: "lease_until",
                table: "operations");

            migrationBuilder.DropColumn(
                name: "runs_at",
                table: "operations");

            migrationBuilder.DropColumn(
                name: "ended_at",
                table: "operation_items");

            migrationBuilder.DropColumn(
                name: "granted_attempts",
                table: "operation_items");

            migrationBuilder.DropColumn(
                name: "planned_attempt",
                table: "operation_items");

            migrationBuilder.DropColumn(
                name: "breakers",
                table: "node_status");

            migrationBuilder.DropColumn(
                name: "reported_at",
                table: "node_status");

            migrationBuilder.DropColumn(
                name: "last_raised_at",
                table: "alerts");

            migrationBuilder.DropColumn(
                name: "notified_at",
                table: "alerts");

            migrationBuilder.DropColumn(
                name: "occurrences",
                table: "alerts");

            migrationBuilder.DropColumn(
                name: "resolved_notified_at",
                table: "alerts");

            migrationBuilder.AlterTable(
                name: "operation_items")
                .OldAnnotation("Npgsql:StorageParameter:fillfactor", 50);

            migrationBuilder.AddCheckConstraint(
                name: "ck_outbox_queue_channel",
                table: "outbox_queue",
                sql: "channel in ('email', 'whatsapp')");

            migrationBuilder.AddCheckConstraint(
                name: "ck_outbox_dead_channel",
                table: "outbox_dead",
                sql: "channel in ('email', 'whatsapp')");

            migrationBuilder.AddCheckConstraint(
                name: "ck_notification_outbox_channel",
                table: "notification_outbox",
                sql: "channel in ('email', 'whatsapp')");

            migrationBuilder.AddForeignKey(
                name: "fk_operation_items_operations_operation_id",
                table: "operation_items",
                column: "operation_id",
                principalTable: "operations",
                principalColumn: "id",
                onDelete: ReferentialAction.Cascade);

            migrationBuilder.AddForeignKey(
                name: "fk_outbox_queue_notification_outbox_message_id",
                table: "outbox_queue",
                column: "message_id",
                principalTable: "notification_outbox",
                principalColumn: "id",
                onDelete: ReferentialAction.Cascade);
        }
    }
}
