using Pipeline.Dashboard.Pages;

namespace Pipeline.Dashboard.Tests.Pages;

/// <summary>What stands side by side.</summary>
[Trait("speed", "fast")]
public sealed class CompareTests
{
    [Fact]
    public void Rows_are_all_names_in_order_with_what_differs_and_shares_of_the_greatest()
    {
        var rows = CompareModel.Rows(["""{"rank": 64, "loss": 0.5}""", """{"rank": 64, "loss": 0.25, "seed": "x"}"""]);

        Assert.Equal(["loss", "rank", "seed"], rows.Select(row => row.Name));
        Assert.Equal([true, false, true], rows.Select(row => row.Differs));
        Assert.Equal([1, 0.5], rows[0].Shares.Select(share => share!.Value));
        Assert.Equal(["–", "x"], rows[2].Values);
    }

    [Theory]
    [InlineData("""{"a": -1}""", """{"a": 2}""")]
    [InlineData("""{"a": 0}""", """{"a": 0}""")]
    [InlineData("""{"a": "x"}""", """{"a": null}""")]
    public void Where_a_share_means_nothing_there_is_none(string one, string other) => Assert.All(CompareModel.Rows([one, other])[0].Shares, share => Assert.Null(share));

    [Fact]
    public void What_is_no_object_is_shown_as_it_is() => Assert.Equal(["[1]"], CompareModel.Rows(["[1]"])[0].Values);
}
