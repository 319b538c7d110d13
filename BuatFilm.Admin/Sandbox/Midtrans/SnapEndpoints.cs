using System.Globalization;
using System.Text.Json.Nodes;
using BuatFilm.Admin.Sandbox.Http;

namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>Midtrans' Snap API: tokens for the payment page.</summary>
internal sealed class SnapEndpoints(PaymentBook book, MidtransAccess access, MidtransCounters counters, TimeProvider time)
{
    private const int MaxBody = 16 * 1024;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/snap/v1/transactions", (RequestDelegate)(context => AnswerAsync(context, "snapCreateCalls", CreateAsync)));
        routes.MapPost("/snap/v1/transactions/{token}/cancel", (RequestDelegate)(context => AnswerAsync(context, "snapCancelCalls", CancelAsync)));
    }

    private async Task AnswerAsync(HttpContext context, string counter, Func<HttpContext, Task<Answer>> callAsync)
    {
        counters.Count(counter);

        if (!access.Allows(context.Request))
        {
            counters.Count("unauthorized");
            await MidtransAnswers.SnapUnauthorized().WriteAsync(context);
            return;
        }

        var answer = await callAsync(context);
        await answer.WriteAsync(context);
    }

    private async Task<Answer> CreateAsync(HttpContext context)
    {
        if (await RequestBody.ReadObjectAsync(context, context.RequestAborted, MaxBody) is not { } body)
        {
            return MidtransAnswers.SnapErrors(400, "The request body is not a JSON object of at most 16 KB");
        }

        if (SnapRequest.Read(body, time.GetUtcNow(), out var errors) is not { } request)
        {
            counters.Count("snapRefused");
            return MidtransAnswers.SnapErrors(400, errors);
        }

        if (book.CreateSession(request) is not { } session)
        {
            counters.Count("snapRefused");
            return MidtransAnswers.SnapErrors(400, "transaction_details.order_id has already been taken");
        }

        counters.Count("snapCreates");
        return new Answer(StatusCodes.Status201Created, new JsonObject
        {
            ["token"] = session.Token,
            ["redirect_url"] = $"{context.Request.Scheme}://{context.Request.Host}/snap/v4/redirection/{session.Token}",
        });
    }

    private Task<Answer> CancelAsync(HttpContext context)
    {
        var reason = book.CancelSession((string)context.Request.RouteValues["token"]!);

        return Task.FromResult(reason switch
        {
            null => new Answer(StatusCodes.Status200OK, new JsonObject
            {
                ["canceled_at"] = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            }),
            "token not found" => MidtransAnswers.SnapErrors(404, reason),
            _ => MidtransAnswers.SnapErrors(400, reason),
        });
    }
}
