using Pipeline.Ingest.Send;

namespace Pipeline.Ingest.Tests.Send;

[Trait("speed", "fast")]
public sealed class UnreadBytesTests
{
    [Fact]
    public void What_was_there_before_counts_until_it_is_read()
    {
        var unread = new UnreadBytes(committed: 10, end: 30);
        Assert.Equal(20 * 1024, unread.Count);
        unread.Commit(25);
        Assert.Equal(5 * 1024, unread.Count);
        unread.Commit(30);
        Assert.Equal(0, unread.Count);
    }

    [Fact]
    public void What_is_sent_counts_at_once_and_until_it_is_read()
    {
        var unread = new UnreadBytes(committed: 0, end: 0);
        for (var offset = 0; offset < 100; offset++)
        {
            unread.Give(10_000);
            Assert.True(unread.Count >= (offset + 1) * 10_000);
        }

        for (var offset = 0; offset < 100; offset++)
            unread.Acknowledge(10_000, offset);
        unread.Commit(50);
        Assert.InRange(unread.Count, 500_000, 500_000 + 70_000 + (100 * 48));
        unread.Commit(100);
        Assert.Equal(0, unread.Count);
    }

    [Fact]
    public void What_has_failed_is_not_waited_for()
    {
        var unread = new UnreadBytes(committed: 0, end: 0);
        unread.Give(1_000_000);
        unread.Acknowledge(1_000_000, offset: null);
        unread.Commit(0);
        Assert.Equal(0, unread.Count);
    }
}
