using System.Globalization;

namespace BuatFilm.Core.Orders;

/// <summary>An amount of money in whole rupiah.</summary>
/// <param name="Amount">Whole rupiah; negative only in differences.</param>
public readonly record struct Rupiah(long Amount) : IComparable<Rupiah>
{
    /// <summary>The most that one order may cost: Rp999.999.999.999, which every Midtrans method can carry as text.</summary>
    public const long Max = 999_999_999_999;

    /// <summary>Reads Midtrans' form, such as <c>450000.00</c> or <c>450000</c>; never by the machine's culture.</summary>
    /// <returns>False for anything that is not a whole, non-negative number of at most 15 digits.</returns>
    public static bool TryParseMidtrans(string? text, out Rupiah amount)
    {
        amount = default;
        if (string.IsNullOrEmpty(text) || text.Length > 24)
        {
            return false;
        }

        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? text.AsSpan() : text.AsSpan(0, point);
        var fraction = point < 0 ? [] : text.AsSpan(point + 1);

        // A fraction other than zeros is no amount that a shop in rupiah can owe.
        if (whole.Length is 0 or > 15 || (point >= 0 && (fraction.Length == 0 || fraction.ContainsAnyExcept('0'))))
        {
            return false;
        }

        if (!long.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        amount = new Rupiah(value);
        return true;
    }

    public int CompareTo(Rupiah other) => Amount.CompareTo(other.Amount);

    public static bool operator <(Rupiah left, Rupiah right) => left.Amount < right.Amount;

    public static bool operator >(Rupiah left, Rupiah right) => left.Amount > right.Amount;

    public static bool operator <=(Rupiah left, Rupiah right) => left.Amount <= right.Amount;

    public static bool operator >=(Rupiah left, Rupiah right) => left.Amount >= right.Amount;

    /// <summary>The Indonesian form, <c>Rp1.250.000</c>, whatever the machine's culture says.</summary>
    public override string ToString()
    {
        // Grouped by hand: a culture's data may differ from machine to machine, this form may not.
        var digits = Int128.Abs(Amount).ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '.');
        return Amount < 0 ? $"-Rp{digits}" : $"Rp{digits}";
    }
}
