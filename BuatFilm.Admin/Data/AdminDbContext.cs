using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace BuatFilm.Admin.Data;

/// <summary>The unit of work of pages and commands. The hot paths write their SQL by hand; see the features.</summary>
/// <remarks>Each feature maps its own rows in a <c>…Configuration</c>; names become snake_case here.</remarks>
public sealed class AdminDbContext(DbContextOptions<AdminDbContext> options) : DbContext(options), IDataProtectionKeyContext
{
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);

        modelBuilder.ApplyConfigurationsFromAssembly(typeof(AdminDbContext).Assembly);
        SnakeCaseNames.ApplyTo(modelBuilder);
    }
}
