using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Settings;

/// <summary>Finds mistakes in settings at startup, and names the key to change.</summary>
internal static class SettingsValidation
{
    /// <summary>The options that are checked by other means than <see cref="ValidateSettings{TOptions}(OptionsBuilder{TOptions}, string)"/>.</summary>
    private static readonly SettingsCheck Framework = new(services => services.GetService<IStartupValidator>()?.Validate());

    /// <summary>Checks the options' annotations and their own <see cref="IValidatableObject"/>.</summary>
    /// <param name="section">The configuration section that they are bound to; it begins every message that does not begin with it already.</param>
    public static OptionsBuilder<TOptions> ValidateSettings<TOptions>(this OptionsBuilder<TOptions> builder, string section)
        where TOptions : class
    {
        builder.Services.AddSingleton<IValidateOptions<TOptions>>(new Validation<TOptions>(section));
        builder.Services.AddSingleton(new SettingsCheck(provider => _ = provider.GetRequiredService<IOptionsMonitor<TOptions>>().CurrentValue));
        return builder.ValidateOnStart();
    }

    /// <summary>Checks everything at once, ahead of the hosted services: the first that reads a wrong setting would fail with a stack, and hide the others.</summary>
    /// <exception cref="OptionsValidationException">Every mistake, each with its key.</exception>
    public static void ValidateSettings(this IServiceProvider services)
    {
        if (services.FindMistakes() is { Count: > 0 } mistakes)
        {
            throw new OptionsValidationException("settings", typeof(IConfiguration), mistakes);
        }
    }

    /// <summary>Every mistake in settings, each with its key; also in values that are not even of the right kind, at which the framework's own check would stop.</summary>
    public static IReadOnlyList<string> FindMistakes(this IServiceProvider services)
    {
        List<string> mistakes = [];
        foreach (var check in services.GetServices<SettingsCheck>().Append(Framework))
        {
            try
            {
                check.Read(services);
            }
            catch (OptionsValidationException wrong)
            {
                mistakes.AddRange(wrong.Failures);
            }
            catch (AggregateException several)
            {
                mistakes.AddRange(several.InnerExceptions.OfType<OptionsValidationException>().SelectMany(wrong => wrong.Failures));
            }
            catch (InvalidOperationException unreadable) when (unreadable.Message.Contains(':', StringComparison.Ordinal))
            {
                mistakes.Add(unreadable.Message); // "Failed to convert configuration value 'many' at 'Outbox:BatchSize' to type …"
            }
        }

        return [.. mistakes.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Reads the options of one section, which checks them.</summary>
    private sealed record SettingsCheck(Action<IServiceProvider> Read);

    private sealed class Validation<TOptions>(string section) : IValidateOptions<TOptions>
        where TOptions : class
    {
        public ValidateOptionsResult Validate(string? name, TOptions options)
        {
            var mistakes = new List<ValidationResult>();

            return Validator.TryValidateObject(options, new ValidationContext(options), mistakes, validateAllProperties: true)
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(mistakes.Select(Sentence));
        }

        private string Sentence(ValidationResult mistake)
        {
            var message = mistake.ErrorMessage ?? "is not valid.";

            return message.StartsWith(section + ":", StringComparison.Ordinal) || mistake.MemberNames.FirstOrDefault() is not { } member
                ? message
                : $"{section}:{member}: {message}";
        }
    }
}
