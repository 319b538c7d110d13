using BuatFilm.Admin.Data;
using BuatFilm.Core;
using BuatFilm.Core.Health;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>Whether this node may try a service, and if not, for how long somebody else may.</summary>
/// <param name="IsShared">False when the database could not be asked, and this node decided alone.</param>
/// <param name="IsWorkWaiting">True when messages or orders are due behind that service.</param>
internal sealed record TrialRight(bool IsGranted, bool IsShared, TimeSpan HeldFor, bool IsWorkWaiting)
{
    public static TrialRight DecidedAlone { get; } = new(IsGranted: true, IsShared: false, TimeSpan.Zero, IsWorkWaiting: false);
}

/// <summary>One row per service says which node may try it; one statement takes it, so a fleet sends one trial, not one each.</summary>
internal sealed class TrialRights(Databases databases, LeaseHolder identity, ILogger<TrialRights> logger) : ILeasedWork
{
    private const string Take = """
        with clock as materialized (select app_now() as now),
        taken as (
            insert into service_trials as t (service, node_id, held_until, trials)
            select $1, $2, clock.now + $3, 1 from clock
            on conflict (service) do update set node_id = excluded.node_id, held_until = excluded.held_until, trials = t.trials + 1
            where t.held_until <= (select now from clock) or t.node_id = excluded.node_id
            returning 1)
        select exists (select 1 from taken),
               coalesce((select t.held_until - clock.now from service_trials t, clock where t.service = $1), interval '0'),
               case
                   when $1 = 'midtrans' then
                       exists (select 1 from payment_sessions s where s.state = 'queued' and s.next_attempt_at <= (select now from clock))
                       or exists (select 1 from payment_event_checks c where c.due_at <= (select now from clock))
                   else exists (select 1 from outbox_queue q where q.channel = $4 and q.due_at <= (select now from clock) and q.lease_owner is null)
               end
        """;

    private const string Hold = "update service_trials set held_until = (select app_now()) + $3 where service = $1 and node_id = $2";

    private const string Release = "update service_trials set held_until = (select app_now()) where node_id = $1 and held_until > (select app_now())";

    /// <summary>Takes the right to try, unless another node holds it.</summary>
    /// <param name="holdFor">Longer than the trial can take.</param>
    public async Task<TrialRight> TakeAsync(ExternalService service, TimeSpan holdFor, CancellationToken cancellationToken)
    {
        // About the database the database cannot be asked.
        if (service == ExternalService.Database || identity.Current is not { } node)
        {
            return TrialRight.DecidedAlone;
        }

        try
        {
            await using var command = databases.Probes.CreateCommand(Take);
            command.Parameters.Add(new() { Value = ServiceName.Of(service) });
            command.Parameters.Add(new() { Value = node });
            command.Parameters.Add(new() { Value = holdFor });
            command.Parameters.Add(new() { Value = (object?)ChannelOf(service) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return new TrialRight(reader.GetBoolean(0), IsShared: true, reader.GetTimeSpan(1), reader.GetBoolean(2));
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            logger.LogDebug(exception, "The right to try {Service} could not be asked for; this node decides alone.", service);
            return TrialRight.DecidedAlone;
        }
    }

    /// <summary>After the trial: gives the right back, or keeps it until the next one.</summary>
    /// <param name="holdFor">Zero to give it back.</param>
    public async Task SettleAsync(ExternalService service, TimeSpan holdFor, CancellationToken cancellationToken)
    {
        if (identity.Current is not { } node)
        {
            return;
        }

        try
        {
            await using var command = databases.Probes.CreateCommand(Hold);
            command.Parameters.Add(new() { Value = ServiceName.Of(service) });
            command.Parameters.Add(new() { Value = node });
            command.Parameters.Add(new() { Value = holdFor });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            // It ends by itself.
            logger.LogDebug(exception, "The right to try {Service} could not be settled.", service);
        }
    }

    public async Task<int> ReleaseAsync(Guid deadNode, CancellationToken cancellationToken)
    {
        await using var command = databases.Probes.CreateCommand(Release);
        command.Parameters.Add(new() { Value = deadNode });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string? ChannelOf(ExternalService service) => service switch
    {
        ExternalService.Smtp => "email",
        ExternalService.WhatsApp => "whatsapp",
        ExternalService.Midtrans or ExternalService.Database => null,
    };
}
