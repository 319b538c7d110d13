using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BuatFilm.Admin.Data.Migrations
{
    /// <inheritdoc />
    public partial class AddPaidOrdersIndex : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_orders_paid_at",
                table: "orders",
                column: "paid_at",
                filter: "paid_at is not null")
                .Annotation("Npgsql:IndexInclude", new[] { "paid_amount" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_orders_paid_at",
                table: "orders");
        }
    }
}
