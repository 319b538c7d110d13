using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BuatFilm.Bench;

/// <summary>Signed settlements of about 1 KB, one for every order; all of one length, so a sender only overwrites three places.</summary>
internal sealed class Notifications
{
    private const string Number = "000000000";
    private const string StatusCode = "200";
    private const string GrossAmount = "150000.00";

    private static readonly string NoSignature = new('s', SHA512.HashSizeInBytes * 2);

    private readonly byte[] _signatures;
    private readonly int _order;
    private readonly int _transaction;
    private readonly int _signature;

    public Notifications(int orders, string serverKey)
    {
        Orders = orders;
        Body = Encoding.ASCII.GetBytes(BodyOf(Number, NoSignature));
        _order = Body.AsSpan().IndexOf("BENCH-"u8) + "BENCH-".Length;
        _transaction = Body.AsSpan().IndexOf(Encoding.ASCII.GetBytes(TransactionOf(Number))) + TransactionOf(string.Empty).Length;
        _signature = Body.AsSpan().IndexOf(Encoding.ASCII.GetBytes(NoSignature));
        _signatures = new byte[orders * NoSignature.Length];
        Parallel.For(1, orders + 1, order =>
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"BENCH-{order:D9}{StatusCode}{GrossAmount}{serverKey}");
            Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA512.HashData(Encoding.ASCII.GetBytes(text))), SignatureOf(order));
        });
    }

    public int Orders { get; }

    /// <summary>A body of the right length with nobody's order in it.</summary>
    public byte[] Body { get; }

    /// <summary>The body that pgbench ships.</summary>
    public static string Sample => BodyOf(Number, NoSignature);

    /// <summary>Makes <paramref name="body"/>, a copy of <see cref="Body"/>, the notification of one order.</summary>
    /// <param name="order">From 1 to <see cref="Orders"/>.</param>
    public void Write(Span<byte> body, int order)
    {
        order.TryFormat(body.Slice(_order, Number.Length), out _, "D9", CultureInfo.InvariantCulture);
        body.Slice(_order, Number.Length).CopyTo(body.Slice(_transaction, Number.Length));
        SignatureOf(order).CopyTo(body.Slice(_signature, NoSignature.Length));
    }

    private static string TransactionOf(string number) => "57d5293c-e65f-4a29-95e4-595" + number;

    private static string BodyOf(string number, string signature) =>
        $$$"""
        {"transaction_time":"2026-01-09 18:27:19","transaction_status":"settlement","transaction_id":"{{{TransactionOf(number)}}}","status_message":"midtrans payment notification","status_code":"{{{StatusCode}}}","signature_key":"{{{signature}}}","settlement_time":"2026-01-09 18:27:25","payment_type":"bank_transfer","order_id":"BENCH-{{{number}}}","merchant_id":"G141532850","gross_amount":"{{{GrossAmount}}}","fraud_status":"accept","currency":"IDR","expiry_time":"2026-01-10 18:27:19","va_numbers":[{"bank":"bca","va_number":"812785002530231"}],"payment_amounts":[{"amount":"{{{GrossAmount}}}","paid_at":"2026-01-09 18:27:25"}],"customer_details":{"full_name":"Budi Santoso","email":"budi@contoh.id","phone":"081234567890"},"custom_field1":"{{{new string('x', 120)}}}","metadata":{"channel":"toko-contoh","campaign":"{{{new string('y', 120)}}}"}}
        """;

    private Span<byte> SignatureOf(int order) => _signatures.AsSpan((order - 1) * NoSignature.Length, NoSignature.Length);
}
