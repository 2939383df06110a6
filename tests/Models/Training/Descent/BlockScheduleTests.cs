using System.Collections.Concurrent;
using Pipeline.Models.Training.Descent;

namespace Pipeline.Models.Tests.Training.Descent;

[Trait("speed", "fast")]
public sealed class BlockScheduleTests
{
    private static readonly BlockSchedule Schedule = new(rows: 1_000, columns: 100);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Blocks_of_one_group_come_in_one_order_and_never_at_once(int threads)
    {
        var rows = new ConcurrentQueue<int>[Schedule.Groups];
        var columns = new ConcurrentQueue<int>[Schedule.Groups];
        for (var group = 0; group < Schedule.Groups; group++)
            (rows[group], columns[group]) = (new ConcurrentQueue<int>(), new ConcurrentQueue<int>());
        int[] rowsAtWork = new int[Schedule.Groups], columnsAtWork = new int[Schedule.Groups];
        Schedule.Run(threads, () => 0, (_, row, column) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref rowsAtWork[row]));
            Assert.Equal(1, Interlocked.Increment(ref columnsAtWork[column]));
            rows[row].Enqueue(column);
            columns[column].Enqueue(row);
            Thread.Yield();
            Interlocked.Decrement(ref rowsAtWork[row]);
            Interlocked.Decrement(ref columnsAtWork[column]);
        }, Cancellation);
        for (var group = 0; group < Schedule.Groups; group++)
        {
            Assert.Equal(Enumerable.Range(0, Schedule.Groups).Select(stage => Schedule.ColumnGroup(group, stage)), rows[group]);
            Assert.Equal(Enumerable.Range(0, Schedule.Groups).Select(stage => (group - stage + Schedule.Groups) % Schedule.Groups), columns[group]);
        }
    }

    [Fact]
    public void A_failure_ends_the_run_and_leaves_nobody_waiting()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Schedule.Run(
            4, () => 0, (_, row, _) =>
            {
                if (row == 2)
                    throw new InvalidOperationException("of row 2");
            }, Cancellation));
        Assert.Equal("of row 2", error.Message);
    }

    [Fact]
    public void Cancelling_ends_the_run_and_leaves_nobody_waiting()
    {
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Schedule.Run(
            4, () => 0, (_, row, _) =>
            {
                if (row == 2)
                    cancellation.Cancel();
            }, cancellation.Token));
    }
}
