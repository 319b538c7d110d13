using System.Globalization;
using System.Reflection;
using BuatFilm.Admin.Sandbox.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BuatFilm.Admin.Sandbox.Storefront;

/// <summary><c>/sandbox</c>: the page of the shop, its server, and the mails that it shows.</summary>
internal static class StorefrontEndpoints
{
    // The page runs no script but its own and shows foreign text as text; a mail in its frame may do nothing at all.
    private const string PagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private const string MailPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

    public static void MapPages(IEndpointRouteBuilder pages, SandboxHost sandbox)
    {
        pages.MapGet("/", (HttpContext context) => File(context, "storefront.html", "text/html; charset=utf-8"));
        pages.MapGet("/storefront.css", (HttpContext context) => File(context, "storefront.css", "text/css; charset=utf-8"));
        pages.MapGet("/storefront.js", (HttpContext context) => File(context, "storefront.js", "text/javascript; charset=utf-8"));
        pages.MapGet("/mail", (HttpContext context, string at, string id) => Mail(context, sandbox, at, id));
    }

    public static void MapShop(IEndpointRouteBuilder api, Shop shop)
    {
        api.MapPost("/orders", (HttpContext context, CancellationToken cancellationToken) => PlaceAsync(context, shop, cancellationToken));
        api.MapGet("/orders/{orderId}", (string orderId, CancellationToken cancellationToken) => AskAsync(shop, () => shop.FindAsync(orderId, cancellationToken), cancellationToken));
    }

    private static async Task<IResult> PlaceAsync(HttpContext context, Shop shop, CancellationToken cancellationToken)
    {
        // JSON only: a form of another site could be sent from this machine's browser without asking, JSON cannot.
        if (!context.Request.HasJsonContentType() || await RequestBody.ReadObjectAsync(context, cancellationToken) is not { } order)
        {
            return Problem(StatusCodes.Status400BadRequest, "not_json", "Send a JSON object with Content-Type application/json.");
        }

        var key = context.Request.Headers["Idempotency-Key"].ToString();
        return await AskAsync(shop, () => shop.PlaceAsync(order.ToJsonString(), key.Length == 0 ? null : key, cancellationToken), cancellationToken);
    }

    private static async Task<IResult> AskAsync(Shop shop, Func<Task<ShopAnswer>> ask, CancellationToken cancellationToken)
    {
        if (!shop.HasKey)
        {
            return Problem(StatusCodes.Status409Conflict, "no_storefront_key", "The settings have no key for a storefront; set Storefront:ApiKeys:<name>.");
        }

        try
        {
            var answer = await ask();
            return TypedResults.Text(answer.Body, "application/json", statusCode: answer.Status);
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Problem(StatusCodes.Status502BadGateway, "app_away", "The app did not answer its storefront.");
        }
    }

    private static ContentHttpResult File(HttpContext context, string name, string contentType)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(typeof(StorefrontEndpoints), name)
            ?? throw new InvalidOperationException($"{name} is not in the program.");
        using var reader = new StreamReader(stream);
        context.Response.Headers.ContentSecurityPolicy = PagePolicy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers.CacheControl = "no-cache";

        return TypedResults.Text(reader.ReadToEnd(), contentType);
    }

    private static IResult Mail(HttpContext context, SandboxHost sandbox, string at, string id)
    {
        var isTime = DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time);
        var mail = isTime ? sandbox.Messages.LastOrDefault(message => message.At == time && (message.MessageId ?? "") == id) : null;
        if (mail?.Html is not { } html)
        {
            return Problem(StatusCodes.Status404NotFound, "unknown_message", "There is no such mail.");
        }

        context.Response.Headers.ContentSecurityPolicy = MailPolicy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Text(html, "text/html; charset=utf-8");
    }

    private static ProblemHttpResult Problem(int status, string code, string title) => TypedResults.Problem(
        statusCode: status,
        title: title,
        extensions: new Dictionary<string, object?> { ["code"] = code });
}
