using BuatFilm.Admin.Data;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BuatFilm.Admin.Features.Accounts;

internal sealed class AccountConfiguration : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> builder)
    {
        var roles = string.Join(", ", Roles.OfPeople.Select(role => $"'{role}'"));
        builder.ToTable("users", table =>
        {
            table.HasCheckConstraint("ck_users_role", $"role in ({roles})");
            table.HasCheckConstraint("ck_users_name", $"length(name) <= {PersonName.MaxLength}");
            table.HasCheckConstraint("ck_users_email", "email is not null and normalized_email = upper(email) and normalized_user_name = normalized_email");
            table.HasCheckConstraint("ck_users_security_stamp", "security_stamp is not null");
        });
        builder.HasKey(account => account.Id);
        builder.Property(account => account.Id).HasDefaultValueSql("gen_random_uuid()");
        builder.Property(account => account.ConcurrencyStamp).IsConcurrencyToken();
        builder.Property(account => account.EmailConfirmed).HasDefaultValue(false);
        builder.Property(account => account.PhoneNumberConfirmed).HasDefaultValue(false);
        builder.Property(account => account.TwoFactorEnabled).HasDefaultValue(false);
        builder.Property(account => account.LockoutEnabled).HasDefaultValue(true);
        builder.Property(account => account.AccessFailedCount).HasDefaultValue(0);
        builder.Property(account => account.IsFirst).HasDefaultValue(false);
        builder.Property(account => account.Locale).HasDefaultValue("id");
        builder.Property(account => account.CreatedAt).HasDefaultValueSql("app_now()");
        builder.HasIndex(account => account.NormalizedUserName).IsUnique();
        builder.HasIndex(account => account.NormalizedEmail).IsUnique();
        builder.HasIndex(account => account.NormalizedName).IsUnique();

        // Two set-ups at once, on whatever nodes: the second finds the place taken.
        builder.HasIndex(account => account.IsFirst).IsUnique().HasFilter("is_first");
    }
}

internal sealed class AccountLinkConfiguration : IEntityTypeConfiguration<AccountLink>
{
    public void Configure(EntityTypeBuilder<AccountLink> builder)
    {
        builder.ToTable("account_links", table => table.HasCheckConstraint("ck_account_links_user_id", "(purpose = 'setup') = (user_id is null)"));
        builder.HasKey(link => link.Digest);
        builder.Property(link => link.Purpose).AsWireName(builder, "purpose");
        builder.Property(link => link.CreatedAt).HasDefaultValueSql("app_now()");
        builder.HasOne<Account>().WithMany().HasForeignKey(link => link.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class AccountClaimConfiguration : IEntityTypeConfiguration<IdentityUserClaim<Guid>>
{
    public void Configure(EntityTypeBuilder<IdentityUserClaim<Guid>> builder)
    {
        builder.ToTable("user_claims");
        builder.HasKey(claim => claim.Id);
        builder.HasOne<Account>().WithMany().HasForeignKey(claim => claim.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class AccountLoginConfiguration : IEntityTypeConfiguration<IdentityUserLogin<Guid>>
{
    public void Configure(EntityTypeBuilder<IdentityUserLogin<Guid>> builder)
    {
        builder.ToTable("user_logins");
        builder.HasKey(login => new { login.LoginProvider, login.ProviderKey });
        builder.HasOne<Account>().WithMany().HasForeignKey(login => login.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class AccountTokenConfiguration : IEntityTypeConfiguration<IdentityUserToken<Guid>>
{
    public void Configure(EntityTypeBuilder<IdentityUserToken<Guid>> builder)
    {
        builder.ToTable("user_tokens");
        builder.HasKey(token => new { token.UserId, token.LoginProvider, token.Name });
        builder.HasOne<Account>().WithMany().HasForeignKey(token => token.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
