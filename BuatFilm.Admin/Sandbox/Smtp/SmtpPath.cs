using System.Globalization;

namespace BuatFilm.Admin.Sandbox.Smtp;

/// <summary>The argument of MAIL and RCPT: an address in angle brackets, and parameters.</summary>
internal static class SmtpPath
{
    /// <summary>Reads <c>FROM:&lt;a@b&gt; SIZE=100</c>.</summary>
    /// <param name="keyword"><c>FROM:</c> or <c>TO:</c>.</param>
    /// <param name="address">Empty for the null path of bounces.</param>
    /// <returns>False when it is not of that form.</returns>
    public static bool TryRead(string argument, string keyword, out string address, out IReadOnlyList<string> parameters)
    {
        address = "";
        parameters = [];

        if (!argument.StartsWith(keyword, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var path = argument[keyword.Length..].TrimStart();
        var close = path.IndexOf('>', StringComparison.Ordinal);
        if (close < 1 || path[0] != '<')
        {
            return false;
        }

        address = path[1..close];
        parameters = path[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);

        return address.Length == 0 || IsMailbox(address);
    }

    /// <summary>The value of <c>SIZE=</c>; null when it was not given.</summary>
    public static long? SizeOf(IReadOnlyList<string> parameters)
    {
        var size = parameters.FirstOrDefault(parameter => parameter.StartsWith("SIZE=", StringComparison.OrdinalIgnoreCase));
        return long.TryParse(size?["SIZE=".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;
    }

    private static bool IsMailbox(string address)
    {
        var at = address.LastIndexOf('@');
        return at > 0 && at < address.Length - 1 && address.Length <= 320 && !address.Any(char.IsControl);
    }
}
