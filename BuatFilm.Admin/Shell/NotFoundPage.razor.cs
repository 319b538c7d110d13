using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Shell;

/// <summary>In the place of a page that is not there, and of every other answer that would have no words.</summary>
public sealed partial class NotFoundPage
{
    /// <summary>The status that the answer has; null within a page, where an address is simply not known.</summary>
    [SupplyParameterFromQuery(Name = "code")]
    public string? Code { get; set; }

    [Inject]
    public required IStringLocalizer<ShellTexts> Texts { get; init; }

    // Anybody can write anything into the address.
    private string Shown => Code is "400" or "403" or "429" ? Code : "404";

    private string Title => Shown == "404" ? Texts["NotFound.Title"] : Texts[$"Refused.{Shown}.Title"];

    private string Text => Shown == "404" ? Texts["NotFound.Text"] : Texts[$"Refused.{Shown}.Text"];
}
