using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BuatFilm.Admin.Features.Accounts;

internal sealed class AccountConfiguration : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> builder)
    {
        builder.ToTable("accounts", table =>
        {
            table.HasCheckConstraint("ck_accounts_role", "role in ('Viewer', 'Operator', 'Finance', 'Admin')");
            table.HasCheckConstraint("ck_accounts_display_name", "length(display_name) between 1 and 100");
        });
        builder.HasKey(account => account.Id);
        builder.Property(account => account.Id).ValueGeneratedNever();
        builder.Property(account => account.Email).IsRequired().HasMaxLength(EmailMaxLength);
        builder.Property(account => account.NormalizedEmail).IsRequired().HasMaxLength(EmailMaxLength);
        builder.Property(account => account.UserName).IsRequired().HasMaxLength(EmailMaxLength);
        builder.Property(account => account.NormalizedUserName).IsRequired().HasMaxLength(EmailMaxLength);
        builder.Property(account => account.SecurityStamp).IsRequired();
        builder.Property(account => account.ConcurrencyStamp).IsConcurrencyToken();
        builder.Property(account => account.CreatedAt).HasDefaultValueSql("app_now()");
        builder.HasIndex(account => account.NormalizedEmail).IsUnique();
        builder.HasIndex(account => account.NormalizedUserName).IsUnique();

        // Identity knows more of people than this shop asks them.
        builder.Ignore(account => account.PhoneNumber).Ignore(account => account.PhoneNumberConfirmed).Ignore(account => account.TwoFactorEnabled);
    }

    /// <summary>As mail itself has it.</summary>
    internal const int EmailMaxLength = 254;
}
