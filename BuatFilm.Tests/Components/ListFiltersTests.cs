using System.Globalization;
using BuatFilm.Admin.Components.Lists;
using Bunit;

namespace BuatFilm.Tests.Components;

/// <summary>A search field never takes back what somebody typed: the address follows later, and in its own form.</summary>
public sealed class ListFiltersTests : ListContext
{
    private static readonly IReadOnlyList<ListFilter> Filters = [new TextFilter("q", "Cari"), new TextFilter("name", "Nama")];

    private readonly List<string> _asked = [];

    [Fact]
    public void Search_WithASpaceAtItsEnd_KeepsItWhenTheAddressFollows()
    {
        var fields = RenderFields();
        Type(fields, "Budi ");
        Assert.Equal(["q=Budi "], _asked);

        Follow(fields, "?q=Budi");

        Assert.Equal("Budi ", Value(fields));
    }

    [Fact]
    public void Search_WhoseAddressLagsBehind_KeepsTheLaterLetters()
    {
        var fields = RenderFields();
        Type(fields, "Bu");
        Type(fields, "Budi");

        Follow(fields, "?q=Bu");
        Assert.Equal("Budi", Value(fields));
        Follow(fields, "?q=Budi");

        Assert.Equal("Budi", Value(fields));
        Assert.Equal(["q=Bu", "q=Budi"], _asked);
    }

    [Fact]
    public void Search_WhenAnotherOneIsTyped_StandsWhereItIs()
    {
        var fields = RenderFields();
        Type(fields, "Budi");
        Follow(fields, "?q=Budi");

        Type(fields, "Sari", "name");
        Follow(fields, "?q=Budi&name=Sari");

        Assert.Equal(["Budi", "Sari"], [Value(fields), Value(fields, "name")]);
        Assert.Equal(["q=Budi", "name=Sari"], _asked);
    }

    [Theory]
    [InlineData("?q=Lama", "Lama")]
    [InlineData("", null)]
    public void Search_WhenTheAddressGoesElsewhere_FollowsIt(string address, string? value)
    {
        var fields = RenderFields();
        Type(fields, "Budi");
        Follow(fields, "?q=Budi");

        Follow(fields, address);

        Assert.Equal(value, Value(fields));
    }

    [Fact]
    public void Search_TypedBackToWhatTheAddressWillNotSayAnyMore_AsksAgain()
    {
        var fields = RenderFields();
        Follow(fields, "?q=Budi");
        Type(fields, "Budi S");

        Type(fields, "Budi");

        Assert.Equal(["q=Budi S", "q=Budi"], _asked);
    }

    private IRenderedComponent<ListFilters> RenderFields() => Render<ListFilters>(parameters => parameters
        .Add(fields => fields.Name, "demo")
        .Add(fields => fields.Filters, Filters)
        .Add(fields => fields.State, At(""))
        .Add(fields => fields.Changed, asked => _asked.Add(string.Create(CultureInfo.InvariantCulture, $"{asked.Parameter}={asked.Value}")))
        .Add(fields => fields.Cleared, () => { }));

    private static ListState At(string query) => ListState.Parse("http://localhost/demo-list" + query, Filters, [], null);

    private static void Follow(IRenderedComponent<ListFilters> fields, string query) => fields.Render(parameters => parameters.Add(list => list.State, At(query)));

    private static string? Value(IRenderedComponent<ListFilters> fields, string parameter = "q") => fields.Find($"#demo-{parameter}").GetAttribute("value");

    /// <summary>Types and pauses.</summary>
    private void Type(IRenderedComponent<ListFilters> fields, string text, string parameter = "q")
    {
        var before = _asked.Count;
        fields.Find($"#demo-{parameter}").Input(text);
        Time.Advance(ListFilters.Pause);
        fields.WaitForAssertion(() => Assert.Equal(before + 1, _asked.Count));
    }
}
