using System.ComponentModel.DataAnnotations;

namespace BuatFilm.Admin.Integrations.Midtrans;

/// <summary>The shop's account at Midtrans.</summary>
internal sealed class MidtransOptions : IValidatableObject
{
    public const string Section = "Midtrans";

    /// <summary>Signs our calls and proves Midtrans' notifications. Sandbox keys begin with <c>SB-</c>.</summary>
    public string ServerKey { get; set; } = string.Empty;

    /// <summary>The key before the last change; notifications signed with it are accepted while it is set.</summary>
    public string? PreviousServerKey { get; set; }

    public string? ClientKey { get; set; }

    /// <summary>When set, notifications for another merchant are kept and not applied.</summary>
    public string? MerchantId { get; set; }

    /// <summary>Scheme, host and port; <c>/snap/v1/…</c> is appended. Empty for Midtrans' own address.</summary>
    public string SnapBaseUrl { get; set; } = string.Empty;

    /// <summary>Scheme, host and port; <c>/v2/…</c> is appended. Empty for Midtrans' own address.</summary>
    public string ApiBaseUrl { get; set; } = string.Empty;

    public bool IsProduction { get; set; }

    public Uri SnapAddress => new(SnapBaseUrl.Length > 0 ? SnapBaseUrl : IsProduction ? "https://app.midtrans.com" : "https://app.sandbox.midtrans.com");

    public Uri ApiAddress => new(ApiBaseUrl.Length > 0 ? ApiBaseUrl : IsProduction ? "https://api.midtrans.com" : "https://api.sandbox.midtrans.com");

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(ServerKey))
        {
            yield return new ValidationResult("Midtrans:ServerKey is not set. Copy it from Midtrans' dashboard: Settings, Access keys.");
        }

        foreach (var (key, value) in new[] { (nameof(SnapBaseUrl), SnapBaseUrl), (nameof(ApiBaseUrl), ApiBaseUrl) })
        {
            if (value.Length == 0)
            {
                continue;
            }

            if (!Uri.TryCreate(value, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
            {
                yield return new ValidationResult($"Midtrans:{key} must be an https address; http is for loopback only.");
            }
            else if (address.AbsolutePath != "/")
            {
                yield return new ValidationResult($"Midtrans:{key} is scheme, host and port only; the path is appended.");
            }
        }
    }
}
