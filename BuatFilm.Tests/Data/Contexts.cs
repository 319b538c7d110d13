using BuatFilm.Admin.Data;
using Microsoft.EntityFrameworkCore;

namespace BuatFilm.Tests.Data;

internal static class Contexts
{
    public static AdminDbContext For(string connectionString) => new(new DbContextOptionsBuilder<AdminDbContext>().UseNpgsql(connectionString).Options);
}
