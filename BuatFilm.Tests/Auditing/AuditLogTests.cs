using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Auditing;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Auditing;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace BuatFilm.Tests.Auditing;

/// <summary>The audit log is a chain: ordinary means cannot change it, and what extraordinary ones did is found.</summary>
public sealed class AuditLogTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private Databases _databases = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await MigratedDatabase.CreateAsync();
        _databases = new Databases(new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:BuatFilm", _database.ConnectionString)]).Build());
    }

    public async ValueTask DisposeAsync()
    {
        await _databases.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Log_WrittenByManyAtOnce_IsOneChainWithoutGaps()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => AppendAsync(writer, 25)));

        var found = await VerifyAsync();

        Assert.Equal((200L, null, 200L), (found.Count, found.BrokenId, found.LastId));
        Assert.Equal(await ReadAsync<string>("select encode(hash, 'hex') from audit_log where id = 200"), found.Head);
        Assert.Equal(200L, await ReadAsync<long>("select count(distinct prev_hash) from audit_log"));
    }

    [Fact]
    public async Task Log_AfterAnInsertThatWasRolledBack_HasNoGap()
    {
        await AppendAsync(0, 3);
        await using (var connection = await _databases.Workers.OpenConnectionAsync(Token))
        {
            await using var transaction = await connection.BeginTransactionAsync(Token);
            await AuditRows.AppendAsync(connection, "siti", "orders:resolve", null, AuditOutcome.Done, null, new Dictionary<string, object?>(), null, Token);
            await transaction.RollbackAsync(Token);
        }

        await AppendAsync(0, 2);

        Assert.Equal((5L, null, 5L), await LookAsync());
    }

    [Fact]
    public async Task Log_OfNothing_IsWhole()
    {
        Assert.Equal((0L, null, 0L), await LookAsync());
    }

    [Theory]
    [InlineData("update audit_log set actor = 'nobody' where id = 3")]
    [InlineData("update audit_log set actor = 'nobody' where id = 99")]
    [InlineData("delete from audit_log where id = 3")]
    [InlineData("truncate audit_log")]
    public async Task Log_IsNotChanged(string statement)
    {
        await AppendAsync(0, 5);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => TestPostgres.ExecuteAsync(_database.ConnectionString, statement));

        Assert.Equal("42501", refused.SqlState);
        Assert.Equal((5L, null, 5L), await LookAsync());
    }

    [Theory]
    [InlineData("update audit_log set actor = 'nobody' where id = 500", 500)]
    [InlineData("update audit_log set reason = null where id = 500", 500)]
    [InlineData("update audit_log set data = data || '{\"n\": 0}' where id = 500", 500)]
    [InlineData("update audit_log set at = at + interval '1 microsecond' where id = 500", 500)]
    [InlineData("update audit_log set target = outcome, outcome = 'failed' where id = 500", 500)]
    [InlineData("update audit_log set hash = sha256('x') where id = 500", 500)]
    [InlineData("delete from audit_log where id = 900", 901)]
    [InlineData("delete from audit_log where id = 1", 2)]
    [InlineData("delete from audit_log where id between 300 and 310", 311)]
    [InlineData("update audit_log set id = id + 5000 where id = 700", 701)]
    [InlineData("update audit_log l set actor = 'nobody', hash = audit_log_digest(jsonb_populate_record(l, '{\"actor\": \"nobody\"}')) where id = 800", 801)]
    public async Task Change_BehindTheTriggersBack_IsLocated(string statement, long broken)
    {
        await AppendAsync(0, 1_000);

        await TamperAsync(statement);

        Assert.Equal(broken, (await VerifyAsync()).BrokenId);
    }

    [Fact]
    public async Task Verification_ByAReplacedFunction_IsNotFooled()
    {
        await AppendAsync(0, 10);

        await TamperAsync("create or replace function audit_log_digest(entry audit_log) returns bytea language sql stable as $$ select entry.hash $$; update audit_log set actor = 'nobody' where id = 4");

        Assert.Equal(4, (await VerifyAsync()).BrokenId);
    }

    [Fact]
    public async Task Verification_OfMoreThanOnePiece_GoesOnWhereItEnded()
    {
        await TestPostgres.ExecuteAsync(_database.ConnectionString, "insert into audit_log (actor, action, outcome, data) select 'siti', 'x', 'done', '{}' from generate_series(1, 10050)");
        Assert.Equal((10_050L, null, 10_050L), await LookAsync());

        await TamperAsync("update audit_log set actor = 'nobody' where id = 10001");

        Assert.Equal(10_001, (await VerifyAsync()).BrokenId);
    }

    [Fact]
    public async Task Job_RaisesAnAlertForABrokenChain_AndEndsItWithARepairedOne()
    {
        await AppendAsync(0, 5);
        var job = new VerifyAuditJob(new VerifyAudit(_databases, TimeProvider.System), _databases, new Wakes(), NullLogger<VerifyAuditJob>.Instance);
        await job.ExecuteAsync(Token);
        Assert.Equal(0L, await ReadAsync<long>("select count(*) from alerts"));

        await TamperAsync("update audit_log set actor = 'nobody' where id = 2");
        await job.ExecuteAsync(Token);
        await job.ExecuteAsync(Token);
        Assert.Equal("audit_log_broken critical audit:2 2", await ReadAsync<string>("select concat_ws(' ', kind, severity, target, occurrences) from alerts where resolved_at is null"));

        await TamperAsync("update audit_log set actor = 'writer-0' where id = 2");
        await job.ExecuteAsync(Token);
        Assert.Equal(0L, await ReadAsync<long>("select count(*) from alerts where resolved_at is null"));
    }

    private async Task AppendAsync(int writer, int count)
    {
        for (var n = 1; n <= count; n++)
        {
            var data = new Dictionary<string, object?>(StringComparer.Ordinal) { ["n"] = n, ["nama"] = "Café \"Ōtsū\" 🎬" };
            await AuditRows.AppendAsync(_databases.Workers, $"writer-{writer}", "dead-letters:requeue", $"message:{n}", AuditOutcome.Done, "because", data, Guid.CreateVersion7(), Token);
        }
    }

    private Task TamperAsync(string statement) => TestPostgres.ExecuteAsync(
        _database.ConnectionString, $"alter table audit_log disable trigger all; alter table audit_log alter column id set generated by default; {statement}; alter table audit_log enable trigger all");

    private Task<AuditVerification> VerifyAsync() => new VerifyAudit(_databases, TimeProvider.System).ExecuteAsync(Token);

    private async Task<(long, long?, long)> LookAsync()
    {
        var found = await VerifyAsync();
        return (found.Count, found.BrokenId, found.LastId);
    }

    private Task<T> ReadAsync<T>(string sql) => MigratedDatabase.ReadAsync<T>(_database.ConnectionString, sql);
}
