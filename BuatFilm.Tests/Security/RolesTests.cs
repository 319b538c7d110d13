using System.Security.Claims;
using BuatFilm.Admin.Security;

namespace BuatFilm.Tests.Security;

public sealed class RolesTests
{
    [Fact]
    public void Permissions_All_AreNamedAsResourceAndAction() =>
        Assert.All(Permissions.All, permission => Assert.Matches("^[a-z-]+:[a-z-]+$", permission));

    [Fact]
    public void EveryPermission_IsGrantedBySomeRole() =>
        Assert.Empty(Permissions.All.Except(Roles.All.SelectMany(Roles.PermissionsOf)));

    [Theory]
    [InlineData(Roles.Viewer, Permissions.DeadLettersRead, true)]
    [InlineData(Roles.Viewer, Permissions.DeadLettersRequeue, false)]
    [InlineData(Roles.Viewer, Permissions.PaymentEventsReadRaw, false)]
    [InlineData(Roles.Operator, Permissions.BreakersOverride, true)]
    [InlineData(Roles.Operator, Permissions.UsersManage, false)]
    [InlineData(Roles.Operator, Permissions.OrdersPlace, false)]
    [InlineData(Roles.Finance, Permissions.PaymentEventsReadRaw, true)]
    [InlineData(Roles.Finance, Permissions.BreakersOverride, false)]
    [InlineData(Roles.Admin, Permissions.ApiKeysManage, true)]
    [InlineData(Roles.Storefront, Permissions.OrdersPlace, true)]
    [InlineData(Roles.Storefront, Permissions.DeadLettersRead, false)]
    [InlineData("Nobody", Permissions.OrdersRead, false)]
    public void Role_GrantsItsPermissionsOnly(string role, string permission, bool granted)
    {
        var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, role)], "test"));
        var stranger = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, role)]));

        Assert.Equal(granted, user.May(permission));
        Assert.False(stranger.May(permission));
    }
}
