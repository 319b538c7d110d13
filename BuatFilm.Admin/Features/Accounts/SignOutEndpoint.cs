using BuatFilm.Admin.Data;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary><c>POST /account/sign-out</c>, from the form in the user's menu.</summary>
internal static class SignOutEndpoint
{
    public const string Action = "account:sign-out";

    public static void MapSignOut(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/account/sign-out", HandleAsync).RequireAuthorization(StaffOnly.Policy).ExcludeFromDescription();

    /// <remarks>Asks for the form's token itself: a route that reads no form is not asked for one.</remarks>
    internal static async Task<Results<RedirectHttpResult, BadRequest>> HandleAsync(
        HttpContext context, IAntiforgery antiforgery, SignInManager<Account> signIn, Databases databases, ILogger<SignInAccount> logger)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return TypedResults.BadRequest();
        }

        var (actor, target) = (Access.ActorOf(context.User), context.User.FindFirst(System.Security.Claims.ClaimTypes.NameIdentifier)?.Value);
        await signIn.SignOutAsync();
        try
        {
            await AuditRows.AppendAsync(databases.Pages, actor, Action, $"user:{target}", AuditOutcome.Done, null, new Dictionary<string, object?>(), null, context.RequestAborted);
        }
        catch (Exception exception) when (DatabaseOutage.Is(exception))
        {
            logger.LogWarning("That {Actor} signed out could not be written down: the database is away.", actor);
        }

        return TypedResults.LocalRedirect($"{AccountsFeature.SignInPath}?done=left");
    }
}
