using System.Text;
using Pipeline.Models.Evaluation;

namespace Pipeline.Models.Tests.Evaluation;

[Trait("speed", "fast")]
public sealed class RatingReaderTests
{
    [Theory]
    [InlineData("1\t10\t3\t881250949\n2\t20\t4\t891717742\n")]
    [InlineData("user_id:token\titem_id:token\trating:float\ttimestamp:float\n1\t10\t3\t881250949\n2\t20\t4\t891717742\n")]
    [InlineData("userId,movieId,rating,timestamp\n1,10,3.0,881250949\n2,20,4.0,891717742\n")]
    [InlineData("1::10::3::881250949\r\n2::20::4::891717742\r\n")]
    [InlineData("1 10 3 881250949\n2  20  4  891717742")]
    [InlineData("\uFEFF1,10,3,881250949000\n\n2,20,4,891717742000\n\n")]
    public void The_content_says_how_it_is_written(string text)
    {
        var table = Read(text).ToColumns();
        Assert.Equal([1L, 2L], table.Users);
        Assert.Equal([10L, 20L], table.Items);
        Assert.Equal([3f, 4f], table.Values);
        Assert.Equal([881_250_949_000, 891_717_742_000], table.Times);
    }

    [Theory]
    [InlineData("1 10\n2 20\n")]
    [InlineData("user,item\n1,10\n2,20\n")]
    [InlineData("userID\tartistID\tweight\n1\t10\t1\n2\t20\t1\n")]
    public void Value_and_time_may_be_missing(string text)
    {
        var table = Read(text).ToColumns();
        Assert.Equal([1L, 2L], table.Users);
        Assert.Equal([10L, 20L], table.Items);
        Assert.Equal([1f, 1f], table.Values);
        Assert.Empty(table.Times);
    }

    [Fact]
    public void A_third_column_is_a_time_where_its_header_says_so()
    {
        var table = Read("user_id:token\titem_id:token\ttimestamp:float\n1\t10\t881250949\n").ToColumns();
        Assert.Equal([881_250_949_000], table.Times);
        Assert.Equal([1f], table.Values);
    }

    [Theory]
    [InlineData("0 5 6 7\n1 5\n2 8 9 10 11 12\n")]
    [InlineData("0 5 6 7 \n1 5 \n3\n2 8 9 10 11 12\n")]
    public void Lines_of_items_are_one_interaction_each(string text)
    {
        var table = Read(text).ToColumns();
        Assert.Equal([0, 0, 0, 1, 2, 2, 2, 2, 2], table.Users);
        Assert.Equal([5, 6, 7, 5, 8, 9, 10, 11, 12], table.Items);
    }

    [Theory]
    [InlineData("1 10 11\n2 10 12\n3 11 12\n", 6)]
    [InlineData("1 10 11\n2 10 12\n1 11 12\n", 3)]
    [InlineData("1 1 5\n2 5 3\n3 3 1\n", 3)]
    [InlineData("1 10 250\n2 10 7\n3 11 12\n", 3)]
    public void Lists_of_two_items_are_told_from_rows_with_a_value(string text, int interactions) => Assert.Equal(interactions, Read(text).Count);

    [Fact]
    public void Ids_may_be_words_and_files_share_them()
    {
        var reader = new RatingReader(new TokenIds(), new TokenIds());
        var train = reader.Read(Stream("A2SU,007,5\nA2SU,7,4\nB1,x y,3\n"), "train").ToColumns();
        var test = reader.Read(Stream("B1,007,5\nA2SU,x y,1\n"), "test").ToColumns();
        Assert.Equal(3, train.Items.Distinct().Count());
        Assert.Equal(7, train.Items[1]);
        Assert.Equal([train.Items[0], train.Items[2]], test.Items);
        Assert.Equal([train.Users[2], train.Users[0]], test.Users);
    }

    [Fact]
    public void Lines_that_cross_buffers_are_whole()
    {
        var lines = Enumerable.Range(0, 200_000).Select(n => $"{n},{n * 7L},4,{1_000_000_000 + n}").ToArray();
        var table = Read(string.Join('\n', lines)).ToColumns();
        Assert.Equal(lines.Length, table.Users.Length);
        for (var n = 0; n < lines.Length; n += 997)
            Assert.Equal((n, n * 7L, (1_000_000_000L + n) * 1000), (table.Users[n], table.Items[n], table.Times[n]));
    }

    [Theory]
    [InlineData("1,10,3\n2,20,four\n", 2, 3, "'four'")]
    [InlineData("1,10,3\n2,,4\n", 2, 2, "an item id")]
    [InlineData("1,10,3\n,20,4\n", 2, 1, "a user id")]
    [InlineData("1,10,3,5\n2,20,4,soon\n", 2, 4, "a time")]
    [InlineData("1,10,3\n2,20,NaN\n", 2, 3, "a value")]
    [InlineData("1,10,3\n2,20\n3,30,1\n", 2, 0, "expected 3")]
    [InlineData("1,10,3\n2,20,3,4,5\n3,30,1\n", 2, 0, "expected 3")]
    [InlineData("1 2 3 4 5\n2 x 4\n", 2, 2, "a whole number")]
    [InlineData("1x,10,5,100\n2,10,5,100\n3,11,4,100\n", 1, 1, "or a header")]
    [InlineData("\ngarbage here,10,5\n2,10,5\n3,11,4\n", 2, 1, "or a header")]
    [InlineData("hello\nworld\n", 1, 0, "expected user, item")]
    [InlineData("", 1, 0, "empty")]
    [InlineData("user,item,rating\n", 1, 0, "no interaction")]
    public void What_cannot_be_read_is_named_by_file_line_and_field(string text, long line, int field, string expected)
    {
        var error = Assert.Throws<RatingFormatException>(() => Read(text));
        Assert.Equal((line, field), (error.Line, error.Field));
        Assert.StartsWith($"ratings.csv: line {line}", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_line_far_down_is_found()
    {
        var text = new StringBuilder();
        for (var n = 1; n <= 5000; n++)
            text.Append(n == 4321 ? "1 2 3 x\n" : $"{n} {n} 3 1000\n");
        Assert.Equal(4321, Assert.Throws<RatingFormatException>(() => Read(text.ToString())).Line);
    }

    [Fact]
    public void Rows_below_a_value_can_be_left_out()
    {
        var table = Read("1,10,3,5\n2,20,4,6\n3,30,3.5,7\n").AtLeast(3.5).ToColumns();
        Assert.Equal([2L, 3L], table.Users);
        Assert.Equal([6000, 7000], table.Times);
    }

    private static RatingTable Read(string text) => new RatingReader(new TokenIds(), new TokenIds()).Read(Stream(text), "ratings.csv");

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));
}
