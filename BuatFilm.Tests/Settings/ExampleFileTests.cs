using BuatFilm.Admin.Data;
using BuatFilm.Admin.Data.LocalPostgres;
using BuatFilm.Admin.Features.Degradation;
using BuatFilm.Admin.Features.Idempotency;
using BuatFilm.Admin.Features.Operations;
using BuatFilm.Admin.Features.Orders;
using BuatFilm.Admin.Features.Outbox;
using BuatFilm.Admin.Features.Webhooks;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Sandbox;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace BuatFilm.Tests.Settings;

/// <summary>The example documents every setting, and each of its values is one that the app takes.</summary>
public sealed class ExampleFileTests
{
    /// <summary>Options that are read before there are services.</summary>
    private static readonly Type[] ReadAhead = [typeof(LocalPostgresOptions), typeof(SandboxOptions)];

    [Fact]
    public void Values_PassEveryValidation()
    {
        AppSettings.Validate(ExampleFile.Read());
    }

    [Fact]
    public void Settings_AreAllInTheExample()
    {
        var example = ExampleFile.Read();

        Found.Nothing(ExampleFile.KnownKeys().Where(key => !ExampleFile.Has(example, key)));
    }

    [Fact]
    public void Example_HasNoSettingThatNobodyReads()
    {
        var known = ExampleFile.KnownKeys();
        var leaves = ExampleFile.Read().AsEnumerable().Where(pair => pair.Value is not null).Select(pair => pair.Key);

        Found.Nothing(leaves.Where(key => !ExampleFile.IsKnown(key, known)));
    }

    [Theory]
    [InlineData(typeof(BreakersOptions))]
    [InlineData(typeof(DatabaseOptions))]
    [InlineData(typeof(OrdersOptions))]
    [InlineData(typeof(DegradationOptions))]
    [InlineData(typeof(WebhooksOptions))]
    [InlineData(typeof(OutboxOptions))]
    [InlineData(typeof(OperationsOptions))]
    [InlineData(typeof(IdempotencyOptions))]
    [InlineData(typeof(RateLimitsOptions))]
    public void Values_OfOptionsWithDefaults_AreTheDefaults(Type type)
    {
        var section = ExampleFile.Options().Single(options => options.Type == type).Section;

        Assert.Equivalent(Activator.CreateInstance(type), ExampleFile.Read().GetSection(section).Get(type), strict: true);
    }

    [Theory]
    [InlineData("Outbox:Channels:Email:Concurrency")]
    [InlineData("Breakers:WhatsApp:MaxBreakDuration")]
    [InlineData("Smtp:Port")]
    [InlineData("Health:ReadyRequires:*")]
    [InlineData("Storefront:ApiKeys:*")]
    [InlineData("Ops:AlertEmails:*")]
    [InlineData("PublicBaseUrl")]
    [InlineData("Proxies:Known:*")]
    [InlineData("ConnectionStrings:BuatFilm")]
    [InlineData("ConnectionStrings:Migrations")]
    [InlineData("Metrics:Token")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData("WhatsApp:VerifyToken")]
    [InlineData("Sandbox:DataDirectory")]
    [InlineData("LocalPostgres:BinDirectory")]
    public void KnownKeys_AreFoundInTheCode(string key)
    {
        // Else the two tests above would compare nothing with nothing.
        Assert.Contains(key, ExampleFile.KnownKeys());
    }

    [Fact]
    public void Settings_AreExplainedOneByOne()
    {
        string[] lines = File.ReadAllLines(SourceTree.PathOf(ExampleFile.Name));

        // On the line above it, or by name in the list above its group.
        var silent = lines.Index()
            .Where(line => line.Item.Contains("\": ", StringComparison.Ordinal) && !line.Item.TrimEnd().EndsWith('{'))
            .Where(line => !lines[line.Index - 1].TrimStart().StartsWith("// ", StringComparison.Ordinal)
                && !lines.Take(line.Index).Any(earlier => earlier.TrimStart().StartsWith($"//   {line.Item.Split('"')[1]} ", StringComparison.Ordinal)));

        Found.Nothing(silent.Select(line => $"{line.Index + 1}: {line.Item.Trim()}"));
    }

    [Fact]
    public void Options_AreAllRegisteredAndValidated()
    {
        var services = AppSettings.Register(ExampleFile.Read());
        var unvalidated = ExampleFile.Options()
            .Select(options => options.Type)
            .Where(type => !ReadAhead.Contains(type) && !services.Any(service => service.ServiceType == typeof(IValidateOptions<>).MakeGenericType(type)));

        // A new one: register its feature in AppSettings too, and give it ValidateSettings.
        Found.Nothing(unvalidated.Select(type => type.FullName));
    }

    [Fact]
    public void Values_DoNotDependOnTheMachinesLanguage()
    {
        var before = Thread.CurrentThread.CurrentCulture;
        try
        {
            // A comma before the fraction: limits such as 00:00:00.100 must be read all the same.
            Thread.CurrentThread.CurrentCulture = new System.Globalization.CultureInfo("id-ID");

            AppSettings.Validate(ExampleFile.Read());
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = before;
        }
    }
}
