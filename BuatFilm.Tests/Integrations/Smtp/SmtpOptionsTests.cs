using BuatFilm.Admin.Integrations.Smtp;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BuatFilm.Tests.Integrations.Smtp;

public sealed class SmtpOptionsTests
{
    [Fact]
    public void Options_FromASmallConfiguration_HaveTheSpecifiedDefaults()
    {
        var options = Bind(("Host", "smtp.example.com"), ("From", "BuatFilm <toko@example.com>"));

        Assert.Equal((587, SmtpSecurity.StartTls), (options.EffectivePort, options.Security));
        Assert.Equal((5, 5, 60), (options.ConnectTimeout.TotalSeconds, options.CommandTimeout.TotalSeconds, options.DataTimeout.TotalSeconds));
        Assert.Equal(("BuatFilm", "toko@example.com"), (options.Sender().Name, options.Sender().Address));
    }

    [Theory]
    [InlineData("None", 25)]
    [InlineData("StartTls", 587)]
    [InlineData("Tls", 465)]
    public void Port_WhenItIsNotSet_IsTheUsualOneOfTheSecurity(string security, int port) =>
        Assert.Equal(port, Bind(("Host", "smtp.example.com"), ("From", "a@example.com"), ("Security", security)).EffectivePort);

    [Theory]
    [InlineData("Host", "")]
    [InlineData("Host", "two words")]
    [InlineData("Port", "0")]
    [InlineData("Port", "70000")]
    [InlineData("Security", "7")]
    [InlineData("From", "")]
    [InlineData("From", "nobody")]
    [InlineData("Password", "", "Username", "toko")]
    [InlineData("Username", "", "Password", "rahasia")]
    [InlineData("ConnectTimeout", "00:00:00.050")]
    [InlineData("CommandTimeout", "01:00:00")]
    [InlineData("DataTimeout", "00:11:00")]
    [InlineData("MaxConnections", "0")]
    [InlineData("AcceptAnyCertificate", "true")]
    public void Options_WithAMistake_NameTheSettingToChange(string key, string value, string? otherKey = null, string? otherValue = null)
    {
        (string, string)[] settings = [("Host", "smtp.example.com"), ("From", "a@example.com"), (key, value)];

        var failure = Assert.Throws<OptionsValidationException>(() => Bind(otherKey is null ? settings : [.. settings, (otherKey, otherValue!)]));

        Assert.Contains($"Smtp:{key} ", Assert.Single(failure.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void AcceptAnyCertificate_OnThisMachine_IsAllowed(string host) =>
        Assert.True(Bind(("Host", host), ("From", "a@example.com"), ("AcceptAnyCertificate", "true")).IsLoopback);

    private static SmtpOptions Bind(params (string Key, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>();
        foreach (var (key, value) in settings)
        {
            values[$"Smtp:{key}"] = value;
        }

        using var services = new ServiceCollection()
            .AddSmtp(new ConfigurationBuilder().AddInMemoryCollection(values).Build())
            .BuildServiceProvider();
        return services.GetRequiredService<IOptions<SmtpOptions>>().Value;
    }
}
