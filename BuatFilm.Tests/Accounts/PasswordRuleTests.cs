using BuatFilm.Core.Accounts;

namespace BuatFilm.Tests.Accounts;

public sealed class PasswordRuleTests
{
    private const string Email = "rina.wulandari@contoh.id";

    [Theory]
    [InlineData("kopi susu di teras rumah")]
    [InlineData("correct horse battery staple")]
    [InlineData("xK3-9vTq!mz2w")]
    [InlineData("ularmelingkarpagar")]
    [InlineData("雨の日は家で映画を見ます。")]
    public void ProblemOf_AGoodPassword_FindsNone(string password) => Assert.Null(PasswordRule.ProblemOf(password, Email));

    [Theory]
    [InlineData(null, PasswordProblem.TooShort)]
    [InlineData("", PasswordProblem.TooShort)]
    [InlineData("elevenchars", PasswordProblem.TooShort)]
    [InlineData("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", PasswordProblem.TooShort)]
    [InlineData("rina.wulandari@contoh.id", PasswordProblem.MailAddress)]
    [InlineData("RINA.Wulandari@contoh.id", PasswordProblem.MailAddress)]
    [InlineData("rinawulandari", PasswordProblem.MailAddress)]
    [InlineData("rina.wulandari123", PasswordProblem.MailAddress)]
    [InlineData("aaaaaaaaaaaa", PasswordProblem.Trivial)]
    [InlineData("123456789012", PasswordProblem.Trivial)]
    [InlineData("abcdefghijklmn", PasswordProblem.Trivial)]
    [InlineData("password1234", PasswordProblem.Trivial)]
    [InlineData("Password1234!", PasswordProblem.Trivial)]
    [InlineData("katasandi12345", PasswordProblem.Trivial)]
    [InlineData("filmkufilmku", PasswordProblem.Trivial)]
    [InlineData("BuatFilm-2026-!", PasswordProblem.Trivial)]
    public void ProblemOf_ABadPassword_SaysWhatIsWrong(string? password, PasswordProblem problem) => Assert.Equal(problem, PasswordRule.ProblemOf(password, Email));

    [Fact]
    public void ProblemOf_AWholeBook_IsTooLong() =>
        Assert.Equal(PasswordProblem.TooLong, PasswordRule.ProblemOf(string.Concat(Enumerable.Range(0, 60).Select(number => $"{number} kuda")), Email));

    [Theory]
    [InlineData("Rina Wulandari", true)]
    [InlineData("I Gusti Ngurah", true)]
    [InlineData("R", false)]
    [InlineData("system", false)]
    [InlineData("System of a Down", false)]
    [InlineData("api:toko", false)]
    [InlineData("12345", false)]
    [InlineData("Ri\u202Ena", false)]
    public void Name_StandsForAPerson(string name, bool isValid) => Assert.Equal(isValid, PersonName.IsValid(PersonName.Clean(name)));
}
