using BuatFilm.Admin.Settings;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Where links in mails lead. Never what a request says of its host: that is written by whoever asks.</summary>
internal sealed class OwnAddress(IOptions<PublicAddress> address, IServer server, IHostEnvironment environment)
{
    /// <returns>Null when <c>PublicBaseUrl</c> is not set, except in Development, where the app's own address will do.</returns>
    public Uri? Link(string path) => address.Value.Link(path) ?? (environment.IsDevelopment() ? Listening(path) : null);

    private Uri? Listening(string path) =>
        server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } own ? new Uri(new Uri(PublicAddress.Openable(own)), path) : null;
}
