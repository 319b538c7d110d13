using System.ComponentModel.DataAnnotations;
using BuatFilm.Core;
using BuatFilm.Core.Health;

namespace BuatFilm.Admin.Features.Health;

/// <summary>What this node must have before it says that it is ready.</summary>
internal sealed class HealthOptions : IValidatableObject
{
    public const string Section = "Health";

    /// <summary>
    /// Services without which the node takes no traffic; the database is one of them, written or not.
    /// Of <c>midtrans</c>, <c>smtp</c> and <c>whatsapp</c> the breaker must not be open.
    /// </summary>
    /// <remarks>Empty here: the configuration binder adds to a list and would keep a default that the settings leave out.</remarks>
    public IList<string> ReadyRequires { get; } = [];

    /// <summary>Every required service once, the database first.</summary>
    public IReadOnlyList<ExternalService> RequiredServices() =>
        [
            ExternalService.Database,
            .. ReadyRequires
                .Select(name => ServiceName.TryParse(name, out var service) ? service : ExternalService.Database)
                .Where(service => service != ExternalService.Database)
                .Distinct()
                .Order(),
        ];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var name in ReadyRequires)
        {
            if (!ServiceName.TryParse(name, out _))
            {
                var known = string.Join(", ", Enum.GetValues<ExternalService>().Select(ServiceName.Of));
                yield return new ValidationResult(
                    $"{Section}:{nameof(ReadyRequires)} names '{name}', which is no service; the services are {known}.",
                    [nameof(ReadyRequires)]);
            }
        }
    }
}
