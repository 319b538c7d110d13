using System.Globalization;
using BuatFilm.Admin.Features.Accounts;
using BuatFilm.Admin.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Tests.Accounts;

/// <summary>Every right has words, for the page that says which is missing.</summary>
public sealed class PermissionTextTests
{
    [Theory]
    [InlineData("id")]
    [InlineData("en")]
    public void Permissions_HaveWords(string culture)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
        using var services = new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider();
        var texts = services.GetRequiredService<IStringLocalizer<AccountTexts>>();

        Assert.All(Permissions.All, permission => Assert.False(texts[$"Permission.{permission}"].ResourceNotFound, permission));
        Assert.All(Roles.OfPeople, role => Assert.False(texts[$"Role.{role}"].ResourceNotFound, role));
    }
}
