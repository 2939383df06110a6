using System.Text;
using Pipeline.Models.Evaluation;

namespace Pipeline.Models.Tests.Evaluation;

[Trait("speed", "fast")]
public sealed class AttributeReaderTests
{
    [Fact]
    public void Members_have_a_value_for_each_column_that_is_not_empty()
    {
        var attributes = AttributeReader.ReadMembers(Stream("user,region,device\r\n1,KR,tv\r\n2,,mobile\r\n\r\n"), "members.csv", new TokenIds());
        Assert.Equal(["region", "device"], attributes.Select(attribute => attribute.Key));
        Assert.Equal([KeyValuePair.Create(1L, "KR")], attributes[0].Value);
        Assert.Equal("mobile", attributes[1].Value[2]);
    }

    [Theory]
    [InlineData("movieId,title,genres\n1,\"Good, the Bad and the Ugly, The\",Western|Drama\n")]
    [InlineData("1::Good, the Bad and the Ugly, The::Western|Drama\n")]
    [InlineData("1|Good, the Bad and the Ugly, The|01-Jan-1966||http://us.imdb.com/M/title-exact?Good|0|0|0|0|0|0|0|0|1|0|0|0|0|0|0|0|0|0|1\n")]
    public void Titles_have_a_name_and_their_last_field_as_labels(string text)
    {
        var title = AttributeReader.ReadTitles(Stream(text), "titles", new TokenIds())[1];
        Assert.Equal("Good, the Bad and the Ugly, The", title.Name);
        Assert.Equal(["Drama", "Western"], title.Labels.Order());
    }

    [Fact]
    public void Titles_may_have_labels_alone()
    {
        var title = AttributeReader.ReadTitles(Stream("1\tWestern | Drama\n"), "titles", new TokenIds())[1];
        Assert.Equal("", title.Name);
        Assert.Equal(["Western", "Drama"], title.Labels);
    }

    [Theory]
    [InlineData("members.csv: line 1: the file is empty", "")]
    [InlineData("members.csv: line 1: 1 field", "user\n1\n")]
    [InlineData("members.csv: line 3: 3 field(s) where the header has 2", "user,region\n1,KR\n2,JP,tv\n")]
    [InlineData("members.csv: line 2: a zero byte", "user,region\n1,K\0\n")]
    public void A_malformed_line_of_members_is_named(string message, string text)
    {
        var problem = Assert.Throws<RatingFormatException>(() => AttributeReader.ReadMembers(Stream(text), "members.csv", new TokenIds()));
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("titles.csv: line 2: no id with something behind it", "movieId,genres\n7\n")]
    [InlineData("titles.csv: line 1: no id with something behind it", ",Drama\n")]
    [InlineData("titles.csv: line 1: no title", "movieId,genres\n")]
    public void A_malformed_line_of_titles_is_named(string message, string text)
    {
        var problem = Assert.Throws<RatingFormatException>(() => AttributeReader.ReadTitles(Stream(text), "titles.csv", new TokenIds()));
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
    }

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));
}
