using BuatFilm.Admin.Data.LocalPostgres;

namespace BuatFilm.Tests.Data.LocalPostgres;

public sealed class RunUserTests
{
    private const string Root = "root:x:0:0:root:/root:/bin/bash";
    private const string Nobody = "nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin";
    private const string Postgres = "postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash";

    [Fact]
    public void FindForRoot_WithPostgres_TakesIt() =>
        Assert.Equal(new RunUser("postgres", 101, 104), RunUser.FindForRoot([Root, Nobody, Postgres]));

    [Fact]
    public void FindForRoot_WithoutPostgres_TakesNobody() =>
        Assert.Equal(new RunUser("nobody", 65534, 65533), RunUser.FindForRoot([Root, Nobody]));

    [Fact]
    public void FindForRoot_OnAMac_ReadsNegativeIds() =>
        Assert.Equal(
            new RunUser("nobody", 4294967294, 4294967294),
            RunUser.FindForRoot(["##", "nobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false"]));

    [Fact]
    public void FindForRoot_WithNeither_SaysWhatToDo()
    {
        var failure = Assert.Throws<LocalPostgresException>(() => RunUser.FindForRoot([Root]));

        Assert.Contains("useradd --system postgres", failure.Message, StringComparison.Ordinal);
    }
}
