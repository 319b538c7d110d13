using BuatFilm.Admin.Components.Lists;

namespace BuatFilm.Tests.Components;

/// <summary>What a list writes into its address, and what it reads there.</summary>
public sealed class ListAddressTests
{
    private static readonly ListFilter[] Filters =
    [
        new TextFilter("q", "Cari"), new ChoiceFilter("status", "Status", [new("paid", "Lunas"), new("queued", "Antrean")]), new DateFilter("at", "Tanggal"),
    ];

    private static readonly string[] Sorts = ["at", "amount"];

    [Fact]
    public void Address_OfAState_BringsItBack()
    {
        var state = Parse("/orders").WithFilter("q", "Bu Dewi & Pak=Agus").WithFilter("status", "paid").WithFilter("at-to", "2026-11-23").WithSort("-amount");
        state = state with { Trail = state.Trail.Next("YQ").Next("Yg-_"), Item = "INV/1?ä" };

        var address = state.ToAddress("/orders?other=1&q=old", Filters, "-at");

        var again = Parse("https://admin.example" + address + "#top");
        Assert.Equal(state.Filters, again.Filters);
        Assert.Equal((state.Sort, state.Trail, state.Item), (again.Sort, again.Trail, again.Item));
        Assert.StartsWith("/orders?other=1&", address, StringComparison.Ordinal);
    }

    [Fact]
    public void Address_OfTheFirstPageOfAll_IsBare()
    {
        Assert.Equal("/orders", Parse("/orders?sort=-at").ToAddress("/orders?sort=-at", Filters, "-at"));
    }

    [Fact]
    public void State_WithAnotherFilterOrSort_BeginsAtTheFirstPage()
    {
        var deep = Parse("/orders?page=YQ.Yg");
        Assert.Equal(3, deep.Trail.Page);

        Assert.Equal(1, deep.WithFilter("q", "x").Trail.Page);
        Assert.Equal(1, deep.WithSort("at").Trail.Page);
        Assert.Equal(1, deep.WithoutFilters().Trail.Page);
    }

    [Theory]
    [InlineData("q=%00%00", "")]
    [InlineData("q=+a%00b+", "ab")]
    [InlineData("status=PAID", "")]
    [InlineData("at-from=23-11-2026", "")]
    [InlineData("at-from=2026-02-30", "")]
    [InlineData("at-from=0001-01-01", "")]
    [InlineData("at-to=9999-12-31", "")]
    [InlineData("at-to=2026-11-23", "2026-11-23")]
    public void Filter_FromAnAddress_IsMadeToFitOrLeftOut(string query, string value)
    {
        Assert.Equal(value, string.Join(',', Parse("/orders?" + query).Filters.Values));
    }

    [Fact]
    public void Search_ThatIsTooLong_IsCut()
    {
        Assert.Equal(TextFilter.MaxLength, Parse("/orders?q=" + new string('a', 5_000)).Filters["q"].Length);
    }

    [Fact]
    public void Trail_ThatBecomesLong_ForgetsItsBeginningAndStillKnowsThePage()
    {
        var trail = PageTrail.Start;
        for (var page = 2; page <= 100; page++)
        {
            trail = trail.Next(new string('A', 40) + page);
        }

        var again = PageTrail.Parse(trail.ToString());
        Assert.InRange(trail.ToString().Length, 1, PageTrail.MaxLength);
        Assert.Equal(100, again.Page);
        Assert.Equal(trail, again);
        Assert.Equal(99, again.Previous().Page);
        for (var step = 0; step < 50; step++)
        {
            again = again.Previous();
        }

        Assert.Equal(PageTrail.Start, again);
    }

    [Fact]
    public void Query_OfOtherValues_HasAnotherKey()
    {
        var queries = new[]
        {
            Parse("/o"), Parse("/o?q=a"), Parse("/o?q=a&status=paid"), Parse("/o?sort=at"), Parse("/o?page=YQ"), Parse("/o?at-from=2026-01-01"), Parse("/o?at-to=2026-01-01"),
        };

        Assert.Equal(queries.Length, queries.Select(state => state.ToQuery(50).Key).Append(Parse("/o").ToQuery(50).Key).Distinct(StringComparer.Ordinal).Count());
        Assert.NotEqual(Parse("/o").ToQuery(50).Key, Parse("/o").ToQuery(60).Key);
    }

    private static ListState Parse(string uri) => ListState.Parse(uri, Filters, Sorts, "-at");
}
