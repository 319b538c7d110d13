using System.Collections;
using System.Reflection;
using System.Text.RegularExpressions;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Shell;
using Microsoft.Extensions.Configuration;

namespace BuatFilm.Tests.Settings;

/// <summary><c>appsettings.Example.json</c>, and what the code knows of settings.</summary>
internal static partial class ExampleFile
{
    public const string Name = "appsettings.Example.json";

    /// <summary>Settings of ASP.NET Core that are worth an example.</summary>
    private static readonly string[] OfTheFramework = ["Urls", "AllowedHosts", "Logging"];

    /// <summary>Sections that the stand-ins read by key, because the app's own options for them do not exist yet.</summary>
    private static readonly string[] Containers = ["LocalPostgres", "ConnectionStrings"];

    public static IConfigurationRoot Read(params (string Key, string? Value)[] changes) => new ConfigurationBuilder()
        .AddJsonFile(SourceTree.PathOf(Name), optional: false)
        .AddInMemoryCollection(changes.Select(change => new KeyValuePair<string, string?>(change.Key, change.Value)))
        .Build();

    /// <summary>Every options class of the app with the sections that it is bound to.</summary>
    public static IEnumerable<(Type Type, string Section)> Options() =>
        typeof(Program).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(field => field is { IsLiteral: true, Name: "Section" })
                .Select(field => (type, (string)field.GetRawConstantValue()!)));

    /// <summary>Every key that code binds or reads. A dictionary's entries and a list's are its own key with <c>:*</c>.</summary>
    public static IReadOnlyList<string> KnownKeys() =>
    [
        .. Options().SelectMany(options => KeysOf(options.Type, options.Section))
            .Append(ApiKeyOptions.StorefrontSection + ":*")
            .Append(ApiKeyOptions.OpsSection + ":*")
            .Concat(ReadByName())
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>True when the example has a value for a known key.</summary>
    public static bool Has(IConfiguration example, string key) => key.EndsWith(":*", StringComparison.Ordinal)
        ? example.GetSection(key[..^2]).GetChildren().Any()
        : example.GetSection(key).Exists();

    /// <summary>True when code binds or reads a key that the example has.</summary>
    public static bool IsKnown(string key, IReadOnlyList<string> known) =>
        known.Any(candidate => string.Equals(candidate, key, StringComparison.OrdinalIgnoreCase)
            || (candidate.EndsWith(":*", StringComparison.Ordinal) && key.StartsWith(candidate[..^1], StringComparison.OrdinalIgnoreCase)))
        || OfTheFramework.Contains(key.Split(':')[0], StringComparer.Ordinal);

    private static IEnumerable<string> KeysOf(Type type, string section) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite || IsCollection(property.PropertyType))
            .SelectMany(property => (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) switch
            {
                var kind when IsCollection(kind) => [$"{section}:{property.Name}:*"],
                { IsClass: true } kind when kind != typeof(string) => KeysOf(kind, $"{section}:{property.Name}"),
                _ => (IEnumerable<string>)[$"{section}:{property.Name}"],
            });

    private static bool IsCollection(Type type) => type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable));

    private static IEnumerable<string> ReadByName() =>
        SourceTree.Files("BuatFilm.Admin", "*.cs")
            .Select(File.ReadAllText)
            .SelectMany(text => ByKey().Matches(text).Concat(ByConstant().Matches(text)).Select(match => match.Groups["key"].Value)
                .Concat(ByConnectionString().Matches(text).Select(match => $"ConnectionStrings:{match.Groups["key"].Value}")))
            .Where(key => key is not (ApiKeyOptions.StorefrontSection or ApiKeyOptions.OpsSection) && !Containers.Contains(key, StringComparer.Ordinal))
            .Select(key => key == "Proxies:Known" ? key + ":*" : key);

    [GeneratedRegex("""(onfiguration\[|IsUnset\(|GetValue<\w+>\(|onfiguration\.GetSection\()"(?<key>[\w:]+)"\s*[\]),]""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex ByKey();

    [GeneratedRegex("""const string \w+ = "(?<key>[A-Z]\w+(:[A-Z]\w+)+)";""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex ByConstant();

    [GeneratedRegex("""GetConnectionString\("(?<key>\w+)"\)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex ByConnectionString();
}
