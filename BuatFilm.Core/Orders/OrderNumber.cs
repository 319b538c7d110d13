using System.Globalization;
using System.Security.Cryptography;
using BuatFilm.Core.Payments;

namespace BuatFilm.Core.Orders;

/// <summary>Order ids of our own making, such as <c>BF-261123-7K3QX2M9TW</c>.</summary>
public static class OrderNumber
{
    // Without I, L, O and U, so that it can be read out on the telephone.
    private const string Letters = "ABCDEFGHJKMNPQRSTVWXYZ";
    private const string Signs = "0123456789" + Letters;

    /// <param name="now">Its day in Indonesia stands in the number.</param>
    /// <returns>20 characters of fixed length that end in a letter: the signature joins it to a number without a separator.</returns>
    public static string New(DateTimeOffset now)
    {
        var day = now.ToOffset(WibTime.Offset).ToString("yyMMdd", CultureInfo.InvariantCulture);
        return $"BF-{day}-{RandomNumberGenerator.GetString(Signs, 9)}{RandomNumberGenerator.GetString(Letters, 1)}";
    }
}
