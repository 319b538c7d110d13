using System.Text.Json.Nodes;

namespace BuatFilm.Tests.Webhooks;

/// <summary>Statements that put an order and Midtrans' news of it into the database, as the program itself stores them.</summary>
internal static class ShopRows
{
    /// <summary>An order with one item and an open payment page.</summary>
    public static string Order(string orderId, string status = "awaiting_payment", long amount = 450_000, long paid = 0, string ago = "10 minutes") =>
        $"""
        insert into orders (order_id, storefront, status, gross_amount, paid_amount, refunded_amount, charged_back_amount, customer_name, customer_email, customer_phone, locale, expires_at, paid_at, created_at, updated_at)
        values ('{orderId}', 'toko', '{status}', {amount}, {paid}, 0, 0, 'Budi Santoso', 'budi.santoso@contoh.id', '+6281234567890', 'id', app_now() + interval '1 day', {(paid > 0 ? "app_now()" : "null")}, app_now() - interval '{ago}', app_now());
        insert into order_lines (order_id, position, item_id, name, price, quantity) values ('{orderId}', 1, 'teaser', 'Teaser acara 60 detik', {amount}, 1);
        insert into payment_sessions (midtrans_order_id, order_id, sequence, state, attempts, snap_token, redirect_url, opened_at, expires_at, created_at)
        values ('{orderId}', '{orderId}', 1, 'open', 1, '{orderId}-rahasia-9f3c', 'https://contoh.id/bayar', app_now() - interval '{ago}', app_now() + interval '1 day', app_now() - interval '{ago}');
        """;

    /// <summary>A payment of the order.</summary>
    public static string Payment(string orderId, string transactionId, string state, long amount = 450_000, bool hasPaid = true, string? hold = null) =>
        $"""
        insert into payments (order_id, transaction_id, midtrans_order_id, payment_type, issuer, state, gross_amount, has_paid, refunded_amount, charged_back_amount, confirmed, hold_reason, paid_at, created_at, updated_at)
        values ('{orderId}', '{transactionId}', '{orderId}', 'bank_transfer', 'bca', '{state}', {amount}, {(hasPaid ? "true" : "false")}, 0, 0, false, {(hold is null ? "null" : $"'{hold}'")}, {(hasPaid ? "app_now()" : "null")}, app_now(), app_now());
        """;

    /// <summary>One event; its number is what the statement answers.</summary>
    public static string Event(JsonObject news, string outcome, string? reason = null, bool isKnown = true, bool isVerified = false, string ago = "1 minute", string source = "notification") =>
        $"""
        insert into payment_events (event_key, order_id, midtrans_order_id, transaction_id, transaction_status, fraud_status, status_code, payment_type, gross_amount, outcome, reason, source, raw_payload, received_at, processed_at, verified_at)
        values (sha256('{news["transaction_id"]} {news["transaction_status"]} {news["order_id"]}'), {(isKnown ? $"'{news["order_id"]}'" : "null")}, '{news["order_id"]}', '{news["transaction_id"]}', '{news["transaction_status"]}', 'accept', '{news["status_code"]}',
                '{news["payment_type"]}', '{news["gross_amount"]}', '{outcome}', {(reason is null ? "null" : $"'{reason}'")}, '{source}', '\x{Convert.ToHexString(news.ToBytes())}', app_now() - interval '{ago}', app_now(), {(isVerified ? "app_now()" : "null")})
        returning id
        """;
}
