using System.Security.Claims;

namespace BuatFilm.Tests.Support;

/// <summary>People who ask for something, as a session would describe them.</summary>
internal static class People
{
    public static ClaimsPrincipal With(string name, string role) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role), new Claim(ClaimTypes.NameIdentifier, Guid.NewGuid().ToString())], "test"));
}
