using BuatFilm.Admin.Live;
using BuatFilm.Admin.Settings;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>At the start, while there is nobody: makes the first Admin from the settings, or prints the link by which a person does.</summary>
internal sealed class SetupStart(
    CreateFirstAccount create,
    SetupLink link,
    IOptions<SetupOptions> options,
    IOptions<PublicAddress> publicAddress,
    IServer server,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<SetupStart> logger) : BackgroundService, IReadinessCondition
{
    private volatile bool _isDone;

    public string Name => "the first account is not made yet";

    /// <summary>A person has all the time in the world; only what the settings ask for keeps the node from being ready.</summary>
    public bool IsMet => _isDone || !options.Value.IsSet;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await SetUpAsync(stoppingToken);
                _isDone = true;
                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The database may be away; the set-up waits for it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.LogWarning(exception, "The set-up could not be done yet; trying again.");
                await Task.Delay(TimeSpan.FromSeconds(2), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task SetUpAsync(CancellationToken stoppingToken)
    {
        if (!await create.IsDueAsync(stoppingToken))
        {
            return;
        }

        if (options.Value is { AdminEmail: { Length: > 0 } email, AdminPassword: { } password })
        {
            if (await create.ExecuteAsync(email, "Admin", password, stoppingToken) is not null)
            {
                logger.LogInformation("The first account was made for {Email}, as the settings ask. Take Setup:AdminPassword out of them.", email);
            }

            return;
        }

        // After the addresses, where somebody who starts it looks.
        lifetime.ApplicationStarted.Register(() => _ = Task.Run(
            () =>
            {
                var path = link.Create();
                var address = publicAddress.Value.Link(path)?.ToString() ?? PublicAddress.Openable(server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "") + path;
                Console.WriteLine($"{Environment.NewLine}There is no account yet. Open this to make the first one; it works once, for a day:{Environment.NewLine}  {address}");
            },
            CancellationToken.None));
    }
}
