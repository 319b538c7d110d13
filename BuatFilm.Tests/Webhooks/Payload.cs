using System.Text;
using System.Text.Json.Nodes;

namespace BuatFilm.Tests.Webhooks;

/// <summary>Midtrans' payload set: real-shaped bodies, signed with the tests' server key.</summary>
internal static class Payload
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Webhooks", "Payloads");

    public static byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(Root, file));

    public static JsonObject Read(string file) => JsonNode.Parse(Bytes(file))!.AsObject();

    public static IEnumerable<string> Files(string folder) =>
        Directory.GetFiles(Path.Combine(Root, folder), "*.json").Order(StringComparer.Ordinal).Select(path => $"{folder}/{Path.GetFileName(path)}");

    public static string Text(string file) => Encoding.UTF8.GetString(Bytes(file));

    public static byte[] ToBytes(this JsonNode body) => Encoding.UTF8.GetBytes(body.ToJsonString());
}
