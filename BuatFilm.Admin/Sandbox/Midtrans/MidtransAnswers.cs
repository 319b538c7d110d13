using System.Globalization;
using System.Text.Json.Nodes;
using BuatFilm.Admin.Sandbox.Http;

namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>Midtrans' error bodies: Snap lists <c>error_messages</c>, Core repeats the status in <c>status_code</c>.</summary>
internal static class MidtransAnswers
{
    public static Answer SnapErrors(int status, params IReadOnlyList<string> messages) =>
        new(status, new JsonObject { ["error_messages"] = new JsonArray([.. messages.Select(message => JsonValue.Create(message))]) });

    public static Answer SnapUnauthorized() => SnapErrors(
        StatusCodes.Status401Unauthorized,
        "Access denied due to unauthorized transaction, please check client or server key",
        "Visit https://snap-docs.midtrans.com/#request-headers for more details");

    public static Answer CoreError(int status, string message) => new(status, new JsonObject
    {
        ["status_code"] = status.ToString(CultureInfo.InvariantCulture),
        ["status_message"] = message,
        ["id"] = Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture),
    });

    public static Answer CoreUnauthorized() => CoreError(
        StatusCodes.Status401Unauthorized,
        "Transaction cannot be authorized with the current client/server key.");

    public static Answer CoreNotFound() => CoreError(StatusCodes.Status404NotFound, "Transaction doesn't exist.");

    public static Answer Failing(PathString path) => IsSnap(path)
        ? SnapErrors(500, "Sorry, we encountered internal server error. We will fix this soon.")
        : CoreError(500, "Sorry. Our system is recovering from unexpected issues. Please retry.");

    public static Answer Refusing(PathString path) => IsSnap(path)
        ? SnapErrors(400, "The sandbox was told to refuse this request")
        : CoreError(400, "The sandbox was told to refuse this request");

    private static bool IsSnap(PathString path) => path.StartsWithSegments("/snap", StringComparison.Ordinal);
}
