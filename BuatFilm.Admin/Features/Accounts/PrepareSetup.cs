using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Accounts;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>While there is no account: makes the first one by the settings, or a link that does. The node is not ready before.</summary>
internal sealed class PrepareSetup(IOptions<SetupOptions> options, SetUpFirstAccount setUp, Databases databases, OwnAddress address, TimeProvider time, ILogger<PrepareSetup> logger)
    : BackgroundService, IReadinessCondition
{
    public const string Path = "/account/setup";

    private static readonly TimeSpan LinkLasts = TimeSpan.FromDays(7);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    private volatile string? _token;
    private volatile bool _isMet;

    public string Name => "the set-up is not done";

    public bool IsMet => _isMet;

    /// <summary>The link that makes the first account, for the console; it works once. Null when there is an account.</summary>
    /// <param name="listening">Where the app listens, for when no public address is set.</param>
    public Uri? LinkAt(string listening)
    {
        if (_token is not { } token)
        {
            return null;
        }

        var path = $"{Path}?token={token}";
        return address.Link(path) ?? new Uri(new Uri(listening), path);
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!_isMet)
        {
            await Task.Delay(Again, time, stoppingToken);
            await TryAsync(stoppingToken);
        }
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await PrepareAsync(cancellationToken);
            _isMet = true;
        }
#pragma warning disable CA1031 // A slow database is asked again; a node that runs does not end over it.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is not ArgumentException)
#pragma warning restore CA1031
        {
            logger.LogWarning("The first set-up waits for the database: {Reason}.", exception.Message);
        }
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var any = new NpgsqlCommand("select exists (select 1 from users)", connection);
        if (await any.ExecuteScalarAsync(cancellationToken) is true)
        {
            return;
        }

        if (options.Value is { IsGiven: true } given)
        {
            var email = given.AdminEmail!.Trim();
            var name = email.Length <= PersonName.MaxLength ? email : email[..PersonName.MaxLength];
            if (await setUp.ExecuteAsync(null, name, email, given.AdminPassword!, "id", isUnattended: true, cancellationToken) is not null)
            {
                logger.LogInformation("The first Admin was made by Setup:AdminEmail.");
            }

            return;
        }

        var token = LinkToken.New();
        await using (var old = new NpgsqlCommand("delete from account_links where expires_at <= (select app_now())", connection))
        {
            await old.ExecuteNonQueryAsync(cancellationToken);
        }

        await AccountRows.AddLinkAsync(connection, token, AccountLinkPurpose.Setup, null, LinkLasts, cancellationToken);
        _token = token;
    }
}
