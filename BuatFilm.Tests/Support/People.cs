using System.Security.Claims;

namespace BuatFilm.Tests.Support;

/// <summary>People who ask for something, as a session would describe them.</summary>
internal static class People
{
    /// <summary>May whatever Operators may.</summary>
    public static ClaimsPrincipal Operator(string name) => With(name, BuatFilm.Admin.Security.Roles.Operator);

    /// <summary>A program with a key of this name, as the ops API knows it.</summary>
    public static ClaimsPrincipal Program(string name, string role) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role)], BuatFilm.Admin.Security.ApiKeyAuthenticationHandler.SchemeName));

    public static ClaimsPrincipal With(string name, string role) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role), new Claim(ClaimTypes.NameIdentifier, Guid.NewGuid().ToString())], "test"));
}
