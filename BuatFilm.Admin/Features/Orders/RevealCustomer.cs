using System.Security.Claims;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>Shows one person the customer of one order. It is on record before it is on the screen.</summary>
internal sealed class RevealCustomer(Databases databases, RefusedActions refused)
{
    public const string Permission = Permissions.CustomersReveal;

    private const string Sql = "select customer_name, customer_email, customer_phone from orders where order_id = $1";

    /// <param name="reason">Why it must be seen.</param>
    /// <returns>Null when the person may not, or there is no such order.</returns>
    public async Task<OrderCustomer?> ExecuteAsync(ClaimsPrincipal? user, string orderId, string? reason, CancellationToken cancellationToken)
    {
        var actor = Access.ActorOf(user);
        var target = $"order:{orderId}";
        if (user?.May(Permission) != true)
        {
            refused.Note(actor, Permission, target, "forbidden");
            return null;
        }

        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        var found = await connection.ListAsync(Sql, reader => new OrderCustomer(reader.GetString(0), reader.GetString(1), reader.GetString(2)), cancellationToken, orderId);
        if (found is not [var customer])
        {
            return null;
        }

        await AuditRows.AppendAsync(connection, actor, Permission, target, AuditOutcome.Done, reason, new Dictionary<string, object?>(StringComparer.Ordinal), null, cancellationToken);
        return customer;
    }
}
