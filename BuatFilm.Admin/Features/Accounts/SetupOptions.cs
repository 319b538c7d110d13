using System.ComponentModel.DataAnnotations;
using BuatFilm.Core.Orders;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>The first Admin, made at the start while there is no account; without it, whoever has the set-up link makes it.</summary>
internal sealed class SetupOptions : IValidatableObject
{
    public const string Section = "Setup";

    /// <summary>Null to have the set-up link printed instead.</summary>
    public string? AdminEmail { get; set; }

    /// <summary>12 to 200 characters, not easily guessed. Take it out of the settings afterwards: it is not read again.</summary>
    public string? AdminPassword { get; set; }

    public bool IsSet => !string.IsNullOrEmpty(AdminEmail);

    /// <remarks>The messages name the setting and never show the password.</remarks>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(AdminEmail) != string.IsNullOrEmpty(AdminPassword))
        {
            yield return new ValidationResult($"{Section}:AdminEmail and {Section}:AdminPassword are set together, or neither is.", [nameof(AdminEmail)]);
        }

        if (!string.IsNullOrEmpty(AdminEmail) && !EmailAddress.IsValid(AdminEmail))
        {
            yield return new ValidationResult($"{Section}:AdminEmail is not a mail address.", [nameof(AdminEmail)]);
        }

        if (!string.IsNullOrEmpty(AdminPassword) && PasswordRules.Fault(AdminPassword, AdminEmail, displayName: null) is { } fault)
        {
            yield return new ValidationResult(
                fault == PasswordRules.Guessable
                    ? $"{Section}:AdminPassword is too easily guessed."
                    : $"{Section}:AdminPassword must have {PasswordRules.MinLength} to {PasswordRules.MaxLength} characters.",
                [nameof(AdminPassword)]);
        }
    }
}
