using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Auditing;
using Npgsql;

namespace BuatFilm.Admin.Features.ApiKeys;

/// <summary>How making a key ended.</summary>
/// <param name="Key">The key itself, which nobody sees again; null when none was made.</param>
internal sealed record NewApiKey(ApiKeyOutcome Outcome, string? Key = null);

internal enum ApiKeyOutcome
{
    Done,

    /// <summary>Whoever asked may not.</summary>
    Forbidden,

    /// <summary>Two of this name are open: one in use and one to change to is all that anybody needs.</summary>
    NameTaken,

    /// <summary>There is no such key, or it is revoked already.</summary>
    NothingToDo,
}

/// <summary>Makes a key for a shop, or for a program of the shop's own.</summary>
internal sealed class CreateApiKey(Databases databases, ApiKeyKeeper keeper, RefusedActions refused)
{
    private const int Bytes = 32;
    private const int HintLength = 8;

    // One after the other, so that two at once do not both find room.
    private const string Lock = "select pg_advisory_xact_lock(hashtextextended('api_keys', 0))";

    private const string Insert = """
        insert into api_keys (name, kind, role, digest, hint, created_by)
        select $1, $2, $3, $4, $5, $6
        where (select count(*) from api_keys where kind = $2 and lower(name) = lower($1) and revoked_at is null) < 2
        returning id
        """;

    /// <param name="name">As <see cref="ApiKey.IsName"/> wants it.</param>
    /// <param name="role">One of people's, for a key of the ops API; a storefront's key has its own.</param>
    public async Task<NewApiKey> ExecuteAsync(ClaimsPrincipal by, string name, ApiKeyKind kind, string role, CancellationToken cancellationToken)
    {
        if (!by.May(Permissions.ApiKeysManage))
        {
            refused.Note(Access.ActorOf(by), Permissions.ApiKeysManage, null, "forbidden");
            return new NewApiKey(ApiKeyOutcome.Forbidden);
        }

        if (!ApiKey.IsName(name) || (kind == ApiKeyKind.Ops && !Roles.OfPeople.Contains(role)))
        {
            throw new ArgumentException($"'{name}' with the role '{role}' is no key.", nameof(name));
        }

        role = kind == ApiKeyKind.Storefront ? Roles.Storefront : role;
        var beginning = $"bf-{WireName<ApiKeyKind>.Of(kind)}-";
        var key = beginning + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
        var hint = key[..(beginning.Length + HintLength)];
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var wait = new NpgsqlCommand(Lock, connection))
        {
            await wait.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var insert = new NpgsqlCommand(Insert, connection);
        foreach (var value in (object[])[name, WireName<ApiKeyKind>.Of(kind), role, ApiKey.DigestOf(key), hint, Access.ActorOf(by)])
        {
            insert.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        if (await insert.ExecuteScalarAsync(cancellationToken) is not Guid id)
        {
            return new NewApiKey(ApiKeyOutcome.NameTaken);
        }

        var data = new Dictionary<string, object?>(StringComparer.Ordinal) { ["change"] = "create", ["name"] = name, ["kind"] = WireName<ApiKeyKind>.Of(kind), ["before"] = null, ["after"] = role };
        await AuditRows.AppendAsync(connection, Access.ActorOf(by), Permissions.ApiKeysManage, $"api-key:{id}", AuditOutcome.Done, null, data, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await keeper.TryReloadAsync(cancellationToken);
        return new NewApiKey(ApiKeyOutcome.Done, key);
    }
}
