using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace BuatFilm.Admin.Data;

/// <summary>Lets <c>dotnet ef</c> build the model without running the program, which would start a database.</summary>
internal sealed class DesignTimeContextFactory : IDesignTimeDbContextFactory<AdminDbContext>
{
    public AdminDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<AdminDbContext>().UseNpgsql("Host=127.0.0.1;Database=design").Options);
}
