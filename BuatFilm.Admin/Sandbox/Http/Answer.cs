using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuatFilm.Admin.Sandbox.Http;

/// <summary>One JSON answer of a stand-in.</summary>
internal sealed record Answer(int HttpStatus, JsonObject Body)
{
    public async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = HttpStatus;
        context.Response.ContentType = "application/json; charset=utf-8";
        var bytes = JsonSerializer.SerializeToUtf8Bytes(Body, SandboxJson.Wire);
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
