using BuatFilm.Core;
using BuatFilm.Core.Health;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BuatFilm.Admin.Data;

/// <summary>Columns that hold an enum under its wire name, guarded by a CHECK.</summary>
internal static class WireNameColumn
{
    /// <summary>Stores the enum as text and lets the database refuse any other word.</summary>
    public static PropertyBuilder<TEnum> AsWireName<TEntity, TEnum>(this PropertyBuilder<TEnum> property, EntityTypeBuilder<TEntity> entity, string column)
        where TEntity : class
        where TEnum : struct, Enum
    {
        var words = string.Join(", ", WireName<TEnum>.All.Select(word => $"'{word}'"));
        entity.ToTable(table => table.HasCheckConstraint($"ck_{entity.Metadata.GetTableName()}_{column}", $"{column} in ({words})"));

        return property.HasConversion(value => WireName<TEnum>.Of(value), word => WireName<TEnum>.Parse(word)).HasColumnType("text");
    }

    /// <summary>Stores the service under its lower-case name, and lets the database refuse any other word.</summary>
    public static PropertyBuilder<ExternalService> AsServiceName<TEntity>(this PropertyBuilder<ExternalService> property, EntityTypeBuilder<TEntity> entity)
        where TEntity : class
    {
        var words = string.Join(", ", Enum.GetValues<ExternalService>().Select(service => $"'{ServiceName.Of(service)}'"));
        entity.ToTable(table => table.HasCheckConstraint($"ck_{entity.Metadata.GetTableName()}_service", $"service in ({words})"));

        return property.HasConversion(value => ServiceName.Of(value), word => ServiceName.Parse(word)).HasColumnType("text");
    }
}
