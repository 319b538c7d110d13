using BuatFilm.Admin.Data;
using BuatFilm.Admin.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BuatFilm.Admin.Features.ApiKeys;

internal sealed class StoredApiKeyConfiguration : IEntityTypeConfiguration<StoredApiKey>
{
    public void Configure(EntityTypeBuilder<StoredApiKey> builder)
    {
        var roles = string.Join(", ", Roles.OfPeople.Select(role => $"'{role}'"));
        builder.ToTable("api_keys", table =>
        {
            table.HasCheckConstraint("ck_api_keys_role", $"case kind when 'storefront' then role = '{Roles.Storefront}' else role in ({roles}) end");
            table.HasCheckConstraint("ck_api_keys_name", "name ~ '^[A-Za-z0-9._-]{1,64}$'");
            table.HasCheckConstraint("ck_api_keys_digest", "length(digest) = 32");
            table.HasCheckConstraint("ck_api_keys_revoked", "(revoked_at is null) = (revoked_by is null)");
        });
        builder.HasKey(key => key.Id);
        builder.Property(key => key.Id).HasDefaultValueSql("gen_random_uuid()");
        builder.Property(key => key.Kind).AsWireName(builder, "kind");
        builder.Property(key => key.CreatedAt).HasDefaultValueSql("app_now()");
        builder.HasIndex(key => key.Digest).IsUnique();
        builder.HasIndex(key => new { key.CreatedAt, key.Id }).IsDescending();
    }
}
