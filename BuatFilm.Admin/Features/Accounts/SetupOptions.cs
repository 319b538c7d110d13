using System.ComponentModel.DataAnnotations;
using BuatFilm.Core.Accounts;
using BuatFilm.Core.Orders;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Makes the first Admin without a person at the browser. Without it, the start prints a link that does.</summary>
internal sealed class SetupOptions : IValidatableObject
{
    public const string Section = "Setup";

    /// <summary>The first Admin's mail address; together with <see cref="AdminPassword"/>, or neither. Only read while there is no account.</summary>
    public string? AdminEmail { get; set; }

    /// <summary>12 to 200 characters, and not easily guessed.</summary>
    public string? AdminPassword { get; set; }

    public bool IsGiven => !string.IsNullOrEmpty(AdminEmail);

    /// <remarks>The messages never show the password.</remarks>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(AdminEmail) && string.IsNullOrEmpty(AdminPassword))
        {
            yield break;
        }

        if (!EmailAddress.IsValid(AdminEmail))
        {
            yield return new ValidationResult($"{Section}:{nameof(AdminEmail)} must be the mail address of the first Admin, together with {Section}:{nameof(AdminPassword)}.", [nameof(AdminEmail)]);
            yield break;
        }

        var problem = PasswordRule.ProblemOf(AdminPassword, AdminEmail!) switch
        {
            PasswordProblem.TooShort => $"must have at least {PasswordRule.MinLength} characters",
            PasswordProblem.TooLong => $"must have at most {PasswordRule.MaxLength} characters",
            PasswordProblem.MailAddress => "must not be the mail address",
            PasswordProblem.Trivial => "is too easily guessed",
            null => null,
        };
        if (problem is not null)
        {
            yield return new ValidationResult($"{Section}:{nameof(AdminPassword)} {problem}.", [nameof(AdminPassword)]);
        }
    }
}
