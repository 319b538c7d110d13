using System.Reflection;
using System.Security.Claims;
using System.Text.RegularExpressions;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;
using Microsoft.AspNetCore.Components;

namespace BuatFilm.Tests.Architecture;

/// <summary>What a page can do is asked for again where it is done: every handler of a circuit is a door of its own, whatever the page draws.</summary>
public sealed partial class UseCaseTests
{
    /// <summary>What people do to their own account, or before they have a session.</summary>
    private static readonly Dictionary<string, string> WithoutRight = new(StringComparer.Ordinal)
    {
        ["SignInAccount"] = "The password decides.",
        ["SetUpFirstAccount"] = "The token in the link decides, and that there is nobody yet.",
        ["SetPasswordByLink"] = "The token in the link decides.",
        ["RequestPasswordReset"] = "It tells nobody anything.",
        ["ChangePassword"] = "The current password decides.",
    };

    /// <summary>Everything with an <c>ExecuteAsync</c> that a page or a part of one is given.</summary>
    private static IEnumerable<(Type Component, Type UseCase)> Uses =>
        from component in typeof(Program).Assembly.GetTypes()
        where component.IsAssignableTo(typeof(ComponentBase))
        from property in component.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        where property.IsDefined(typeof(InjectAttribute)) && IsUseCase(property.PropertyType)
        select (component, property.PropertyType);

    [Fact]
    public void UseCases_OfPages_AskForAPermission()
    {
        Assert.True(Uses.Count() > 5);

        Found.Nothing(Uses
            .Where(use => !WithoutRight.ContainsKey(use.UseCase.Name) && !AsksItself(use.UseCase))
            .Select(use => $"{use.UseCase.Name}, which {use.Component.Name} has, does not ask who may"));
    }

    [Fact]
    public void List_HasNoUseCaseThatIsGone()
    {
        Found.Nothing(WithoutRight.Keys.Except(Uses.Select(use => use.UseCase.Name), StringComparer.Ordinal));
    }

    private static bool IsUseCase(Type type) =>
        type.Namespace?.StartsWith("BuatFilm.Admin.Features.", StringComparison.Ordinal) == true && type.GetMethod("ExecuteAsync") is not null;

    /// <summary>Whatever of it can be called is told who asks, and it, or what it is made of, asks what they may.</summary>
    private static bool AsksItself(Type useCase) =>
        useCase.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
            .Where(method => method.ReturnType.IsAssignableTo(typeof(Task)) || method.ReturnType.FullName?.StartsWith("System.Threading.Tasks.ValueTask", StringComparison.Ordinal) == true)
            .All(method => method.GetParameters().Any(parameter => parameter.ParameterType == typeof(ClaimsPrincipal)))
        && useCase.GetConstructors()[0].GetParameters().Select(parameter => parameter.ParameterType).Prepend(useCase).Any(type => AsksForAPermission(CodeOf(type)));

    private static bool AsksForAPermission(string code) => Asking().IsMatch(code) && Naming().IsMatch(code);

    [GeneratedRegex("""\b(May|Demand)\(""", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Asking();

    [GeneratedRegex("""\bPermissions\.[A-Z]|\bjob\.Permission\b|\b[A-Z]\w+\.Permission\b""", RegexOptions.None, 5_000)]
    private static partial Regex Naming();

    /// <summary>Of the type's own file; its markup says what is shown, not what is checked.</summary>
    private static string CodeOf(Type type) =>
        string.Concat(SourceTree.Files("BuatFilm.Admin", "*.cs").Where(path => Path.GetFileName(path).Split('.')[0] == type.Name).Select(File.ReadAllText));
}
