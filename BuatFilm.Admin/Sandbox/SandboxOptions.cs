using System.ComponentModel.DataAnnotations;

namespace BuatFilm.Admin.Sandbox;

/// <summary>Whether the stand-ins run, where they keep their data, and on which ports they listen.</summary>
internal sealed class SandboxOptions
{
    public const string Section = "Sandbox";

    /// <summary>Null means: on in Development, off elsewhere.</summary>
    public bool? Enabled { get; set; }

    /// <summary>Where the stand-ins remember orders, payments, messages and ports; null leaves the choice to the app.</summary>
    public string? DataDirectory { get; set; }

    /// <summary>The loopback port of the Midtrans stand-in; 0 takes last time's, or any free one.</summary>
    [Range(0, 65_535)]
    public int MidtransPort { get; set; }

    /// <inheritdoc cref="MidtransPort"/>
    [Range(0, 65_535)]
    public int SmtpPort { get; set; }

    /// <inheritdoc cref="MidtransPort"/>
    [Range(0, 65_535)]
    public int WhatsAppPort { get; set; }

    /// <summary>Whether the stand-ins are to be started in this environment.</summary>
    /// <exception cref="InvalidOperationException">They were asked for in Production.</exception>
    public bool IsOn(IHostEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);

        if (environment.IsProduction() && Enabled == true)
        {
            throw new InvalidOperationException(
                "Sandbox:Enabled is true in Production. The sandbox answers in Midtrans' place and anybody on this machine "
                + "may mark an order as paid there, so it never runs in Production. Remove Sandbox:Enabled or set it to false.");
        }

        return Enabled ?? environment.IsDevelopment();
    }

    /// <exception cref="InvalidOperationException">A setting is out of its range; the message names it.</exception>
    public void RequireValid()
    {
        var mistakes = new List<ValidationResult>();
        if (!Validator.TryValidateObject(this, new ValidationContext(this), mistakes, validateAllProperties: true))
        {
            throw new InvalidOperationException(string.Join(' ', mistakes.Select(mistake => $"{Section}:{mistake.MemberNames.Single()}: {mistake.ErrorMessage}")));
        }
    }
}
