using System.Text;
using System.Text.Json.Nodes;
using BuatFilm.Tests.Orders;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Operations;

/// <summary>Calls the ops API as a program of the operators does.</summary>
internal static class OpsClient
{
    public const string Path = "/api/ops/v1";

    public static Task<Answer> OpsAsync(this AppHost app, string path, string? key = AppHost.OpsKey) => app.OpsAsync(HttpMethod.Get, path, null, key);

    public static Task<Answer> OpsAsync(this AppHost app, string path, JsonNode? body) => app.OpsAsync(HttpMethod.Post, path, body?.ToJsonString());

    /// <param name="body">As it is sent; null sends none.</param>
    public static Task<Answer> OpsAsync(this AppHost app, HttpMethod method, string path, string? body, string? key = AppHost.OpsKey)
    {
        var request = new HttpRequestMessage(method, Path + path);
        if (key is not null)
        {
            request.Headers.Authorization = new("Bearer", key);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        return app.Anonymous.AskAsync(request);
    }

    /// <summary>Plans by a filter.</summary>
    /// <returns>The answer's body.</returns>
    public static async Task<JsonObject> PlanAsync(this AppHost app, JsonObject filter, params string[] exclude)
    {
        var body = new JsonObject { ["action"] = "requeue", ["filter"] = filter, ["exclude"] = new JsonArray([.. exclude.Select(word => JsonValue.Create(word))]) };
        var planned = await app.OpsAsync("/operations/plan", body);
        Assert.True(planned.Status == 200, planned.ToString());
        return planned.Json;
    }

    /// <summary>Every item of a list, page by page.</summary>
    public static async Task<List<JsonObject>> AllAsync(this AppHost app, string path)
    {
        var items = new List<JsonObject>();
        string? cursor = null;
        do
        {
            var page = await app.OpsAsync(cursor is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}cursor={cursor}");
            Assert.True(page.Status == 200, page.ToString());
            items.AddRange(page.Json["items"]!.AsArray().Select(item => item!.AsObject()));
            cursor = (string?)page.Json["nextCursor"];
        }
        while (cursor is not null);

        return items;
    }
}
