using System.Security.Claims;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;

namespace BuatFilm.Admin.Features.ApiKeys;

/// <summary>Ends a key for good: here at once, on other nodes within seconds.</summary>
internal sealed class RevokeApiKey(Databases databases, ApiKeyKeeper keeper, RefusedActions refused)
{
    private const string Revoke = "update api_keys set revoked_at = (select app_now()), revoked_by = $2 where id = $1 and revoked_at is null returning name, role";

    public async Task<ApiKeyOutcome> ExecuteAsync(ClaimsPrincipal by, Guid id, string? reason, CancellationToken cancellationToken)
    {
        if (!by.May(Permissions.ApiKeysManage))
        {
            refused.Note(Access.ActorOf(by), Permissions.ApiKeysManage, $"api-key:{id}", "forbidden");
            return ApiKeyOutcome.Forbidden;
        }

        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var revoked = await connection.ListAsync(Revoke, reader => (Name: reader.GetString(0), Role: reader.GetString(1)), cancellationToken, id, Access.ActorOf(by));
        if (revoked is not [var key])
        {
            return ApiKeyOutcome.NothingToDo;
        }

        var data = new Dictionary<string, object?>(StringComparer.Ordinal) { ["change"] = "revoke", ["name"] = key.Name, ["before"] = key.Role, ["after"] = null };
        await AuditRows.AppendAsync(connection, Access.ActorOf(by), Permissions.ApiKeysManage, $"api-key:{id}", AuditOutcome.Done, reason, data, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await keeper.TryReloadAsync(cancellationToken);
        return ApiKeyOutcome.Done;
    }
}
