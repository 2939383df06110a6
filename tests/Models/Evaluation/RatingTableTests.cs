using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;

namespace Pipeline.Models.Tests.Evaluation;

[Trait("speed", "fast")]
public sealed class RatingTableTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Interactions_are_those_of_sorting_the_columns(bool confidences, bool times)
    {
        // Out of order, every pair several times, over two chunks.
        var random = new Random(1);
        var table = new RatingTable(new IdCodes(), new IdCodes(), RatingFile.PieceRows);
        for (var row = 0; row < 90_000; row++)
            table.Add(random.Next(300), 7 * random.Next(200), confidences ? random.Next(1, 4) : 1, times ? random.Next(50) : null);
        var (users, items, values, at) = table.ToColumns();
        var expected = users.Select((user, row) => (User: user, Item: items[row], Value: values[row], At: times ? at[row] : 0))
            .GroupBy(row => (row.User, row.Item))
            .Select(pair => pair.OrderByDescending(row => row.At).ThenByDescending(row => row.Value).First())
            .OrderBy(row => row.User).ThenBy(row => row.Item)
            .ToArray();

        var columns = InteractionMatrix.FromColumns(users, items, confidences ? values : [], at);
        var actual = table.TakeInteractions(confidences);
        Assert.Equal(columns.Digest, actual.Digest);
        Assert.Equal(0, table.Count);
        Assert.Equal(expected, Rows(actual));
    }

    [Fact]
    public void Rows_outside_the_given_ids_are_left_out()
    {
        var table = new RatingTable(new IdCodes(), new IdCodes(), RatingFile.PieceRows);
        foreach (var (user, item) in new[] { (1, 10), (2, 10), (1, 20), (3, 30) })
            table.Add(user, item, 1, null);
        var matrix = table.TakeInteractions(IdIndex.Of([1, 2, 4]), IdIndex.Of([10, 30]), confidences: false, times: false);
        Assert.Equal([(1, 10, 1f, 0L), (2, 10, 1f, 0L)], Rows(matrix));
        Assert.Equal(3, matrix.Users.Count);
    }

    private static IEnumerable<(long User, long Item, float Value, long At)> Rows(InteractionMatrix matrix)
    {
        for (var user = 0; user < matrix.Users.Count; user++)
        {
            for (var n = 0; n < matrix.ByUser.RowLength(user); n++)
            {
                yield return (
                    matrix.Users[user], matrix.Contents[matrix.ByUser.Columns(user)[n]], matrix.ByUser.Values(user)[n], matrix.HasTimes ? matrix.LastAt(user)[n] : 0);
            }
        }
    }
}
