using System.Text.Json.Nodes;
using BuatFilm.Admin.Sandbox.Http;

namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>Midtrans' Core API: the state of payments, and the calls that change it.</summary>
internal sealed class CoreEndpoints(PaymentBook book, PaymentBody bodies, MidtransAccess access, MidtransCounters counters)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v2/{id}/status", Route("statusCalls", (id, _) => Status(id)));
        routes.MapGet("/v2/{id}/status/b2b", Route("statusCalls", (id, _) => StatusPage(id)));
        routes.MapPost("/v2/{id}/cancel", Route("cancelCalls", (id, _) => Answer(book.Cancel(id), "Success, transaction is canceled")));
        routes.MapPost("/v2/{id}/expire", Route("expireCalls", (id, _) => Answer(book.Expire(id), "Success, transaction has expired")));
        routes.MapPost("/v2/{id}/approve", Route("approveCalls", (id, _) => Answer(book.Approve(id), "Success, transaction is approved")));
        routes.MapPost("/v2/{id}/deny", Route("denyCalls", (id, _) => Answer(book.Deny(id), "Success, transaction is denied")));
        routes.MapPost("/v2/{id}/refund", Route("refundCalls", (id, body) => Refund(id, body, online: false)));
        routes.MapPost("/v2/{id}/refund/online/direct", Route("refundCalls", (id, body) => Refund(id, body, online: true)));
        routes.MapPost("/v2/capture", Route("captureCalls", (_, body) => Capture(body)));
        routes.MapFallback("/v2/{**path}", (RequestDelegate)(context =>
            MidtransAnswers.CoreError(404, "The requested resource is not found").WriteAsync(context)));
    }

    private RequestDelegate Route(string counter, Func<string, JsonObject, Answer> call) => async context =>
    {
        counters.Count(counter);

        if (!access.Allows(context.Request))
        {
            counters.Count("unauthorized");
            await MidtransAnswers.CoreUnauthorized().WriteAsync(context);
            return;
        }

        // Read for GET too: Midtrans' own client for Node sends a body there.
        var body = await RequestBody.ReadObjectAsync(context, context.RequestAborted);
        var id = context.Request.RouteValues["id"] as string ?? "";
        await call(id, body ?? []).WriteAsync(context);
    };

    private Answer Status(string id) => book.Find(id) is { } payment
        ? new Answer(StatusCodes.Status200OK, bodies.Status(payment))
        : MidtransAnswers.CoreNotFound();

    private Answer StatusPage(string id)
    {
        if (book.Find(id) is not { } payment)
        {
            return MidtransAnswers.CoreNotFound();
        }

        return new Answer(StatusCodes.Status200OK, new JsonObject
        {
            ["status_code"] = "200",
            ["status_message"] = "Success, transaction is found",
            ["transactions"] = new JsonArray(bodies.Status(payment)),
            ["current_page"] = 0,
            ["total_page"] = 1,
            ["total_data"] = 1,
        });
    }

    private Answer Capture(JsonObject body)
    {
        if (body.Text("transaction_id") is not { } transactionId)
        {
            return MidtransAnswers.CoreError(400, "transaction_id is required");
        }

        if (body["gross_amount"] is not null && body.WholeNumber("gross_amount") is null)
        {
            return MidtransAnswers.CoreError(400, "gross_amount is not a whole number");
        }

        return Answer(
            book.Capture(transactionId, body.WholeNumber("gross_amount")),
            "Success, Credit Card capture transaction is successful");
    }

    private Answer Refund(string id, JsonObject body, bool online)
    {
        var key = body.Text("refund_key");
        if (key is not null && !key.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            return MidtransAnswers.CoreError(400, "refund_key contains characters that are not allowed");
        }

        if (body["amount"] is not null && body.WholeNumber("amount") is null)
        {
            return MidtransAnswers.CoreError(400, "amount is not a whole number");
        }

        var result = book.Refund(id, key, body.WholeNumber("amount"), body.Text("reason"), online);
        var answer = Answer(result, "Success, refund request is approved");

        if (result is { Verdict: BookVerdict.Done, Payment: { } payment })
        {
            // The answer speaks of this refund alone; the sum is in GET status.
            var refund = payment.Refunds.First(one => key is null ? one == payment.Refunds[^1] : one.Key == key);
            answer.Body["refund_key"] = refund.Key;
            answer.Body["refund_amount"] = PaymentBody.Amount(refund.Amount);
            answer.Body["refund_chargeback_id"] = refund.Id;
        }

        return answer;
    }

    private Answer Answer(BookResult result, string done) => result.Verdict switch
    {
        BookVerdict.Done => new Answer(StatusCodes.Status200OK, bodies.Done(result.Payment!, done)),
        BookVerdict.UnknownPayment => MidtransAnswers.CoreNotFound(),
        BookVerdict.StateForbids => MidtransAnswers.CoreError(412, "Transaction status cannot be updated."),
        BookVerdict.AmountForbids => MidtransAnswers.CoreError(414, "Refund request is refused: the amount does not fit the transaction."),
        BookVerdict.RefundKeyTaken => MidtransAnswers.CoreError(406, "The request could not be completed due to a conflict: refund_key was used."),
    };
}
