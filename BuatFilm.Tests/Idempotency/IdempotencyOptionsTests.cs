using BuatFilm.Admin.Features.Idempotency;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BuatFilm.Tests.Idempotency;

public sealed class IdempotencyOptionsTests
{
    [Fact]
    public void Defaults_AreThoseOfTheContract()
    {
        var options = Bind([]);

        Assert.Equal((TimeSpan.FromHours(72), TimeSpan.FromSeconds(30)), (options.Retention, options.Lease));
    }

    [Theory]
    [InlineData("Idempotency:Retention", "23:59:59")]
    [InlineData("Idempotency:Lease", "00:00:04")]
    [InlineData("Idempotency:Lease", "00:05:01")]
    public void Value_OutOfRange_IsRefusedByItsName(string setting, string value)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Bind(new() { [setting] = value }));

        Assert.Contains(setting, failure.Message);
    }

    private static IdempotencyOptions Bind(Dictionary<string, string?> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        using var services = new ServiceCollection().AddIdempotency(configuration).BuildServiceProvider();

        return services.GetRequiredService<IOptions<IdempotencyOptions>>().Value;
    }
}
