namespace Pipeline.JobStorage.Tests.Contract;

public abstract partial class StorageSuite
{
    [Fact]
    public void A_set_is_in_the_order_of_scores_and_then_of_bytes()
    {
        Write(transaction =>
        {
            transaction.AddToSet("set", "b", 2);
            transaction.AddToSet("set", "a", 2);
            transaction.AddToSet("set", "B", 2);
            transaction.AddToSet("set", "first", -1.5);
            transaction.AddToSet("set", "zero");
            transaction.AddToSet("set", "b ", 2);
            transaction.AddToSet("other", "x", 0);
        });
        Assert.Equal(["first", "zero", "B", "a", "b", "b "], Connection.GetRangeFromSet("set", 0, 100));
        Assert.Equal(["zero", "B"], Connection.GetRangeFromSet("set", 1, 2));
        Assert.Equal(6, Connection.GetSetCount("set"));
        Assert.Equal(3, Connection.GetSetCount(["set", "other"], 3));
        Assert.Equal(7, Connection.GetSetCount(["set", "other", "none"], 100));
        Assert.True(Connection.GetSetContains("set", "b "));
        Assert.False(Connection.GetSetContains("set", "b  "));
        Assert.Equal(6, Connection.GetAllItemsFromSet("set").Count);
        Assert.Empty(Connection.GetAllItemsFromSet("none"));
    }

    [Fact]
    public void The_lowest_of_a_range_of_scores_come_first()
    {
        Write(transaction =>
        {
            for (int i = 0; i < 10; i++)
                transaction.AddToSet("schedule", $"job-{i}", i);
        });
        Assert.Equal("job-0", Connection.GetFirstByLowestScoreFromSet("schedule", -1, 100));
        Assert.Equal("job-3", Connection.GetFirstByLowestScoreFromSet("schedule", 3, 4));
        Assert.Null(Connection.GetFirstByLowestScoreFromSet("schedule", 3.2, 3.8));
        Assert.Null(Connection.GetFirstByLowestScoreFromSet("none", 0, 1));
        Assert.Equal(["job-3", "job-4"], Connection.GetFirstByLowestScoreFromSet("schedule", 3, 100, 2));
        Assert.Equal(["job-8", "job-9"], Connection.GetFirstByLowestScoreFromSet("schedule", 8, 100, 20));
        Assert.Throws<ArgumentException>(() => Connection.GetFirstByLowestScoreFromSet("schedule", 1, 0));
        Assert.Throws<ArgumentException>(() => Connection.GetFirstByLowestScoreFromSet("schedule", 0, 1, 0));
        Assert.Throws<ArgumentNullException>(() => Connection.GetFirstByLowestScoreFromSet(null!, 0, 1));
    }

    [Fact]
    public void A_member_has_one_score_and_a_set_can_be_removed()
    {
        Write(transaction => transaction.AddToSet("set", "a", 1));
        Write(transaction => transaction.AddToSet("set", "a", 5));
        Assert.Null(Connection.GetFirstByLowestScoreFromSet("set", 0, 2));
        Assert.Equal("a", Connection.GetFirstByLowestScoreFromSet("set", 5, 5));
        Write(transaction =>
        {
            transaction.AddRangeToSet("set", ["x", "y", "a"]);
            transaction.RemoveFromSet("set", "y");
            transaction.RemoveFromSet("set", "none");
        });
        Assert.Equal(["a", "x"], Connection.GetRangeFromSet("set", 0, 9));
        Assert.Equal("a", Connection.GetFirstByLowestScoreFromSet("set", 0, 0));
        Write(transaction => transaction.RemoveSet("set"));
        Assert.Equal(0, Connection.GetSetCount("set"));
        Assert.Throws<ArgumentException>(() => Write(transaction => transaction.AddRangeToSet("set", ["x", null!])));
    }

    [Fact]
    public void A_hash_keeps_its_fields_by_name()
    {
        Assert.Null(Connection.GetAllEntriesFromHash("hash"));
        Connection.SetRangeInHash("hash", new Dictionary<string, string> { ["a"] = "1", ["A"] = "2", ["none"] = null! });
        Write(transaction => transaction.SetRangeInHash("hash", new Dictionary<string, string> { ["a"] = "3", ["b"] = "" }));
        Assert.Equal(4, Connection.GetHashCount("hash"));
        Assert.Equal("3", Connection.GetValueFromHash("hash", "a"));
        Assert.Equal("", Connection.GetValueFromHash("hash", "b"));
        Assert.Null(Connection.GetValueFromHash("hash", "none"));
        Assert.Null(Connection.GetValueFromHash("hash", "B"));
        Assert.Equal(["2", "3", "", null], Connection.GetAllEntriesFromHash("hash").OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value));
        Write(transaction => transaction.RemoveHash("hash"));
        Assert.Null(Connection.GetAllEntriesFromHash("hash"));
        Assert.Equal(0, Connection.GetHashCount("hash"));
    }

    [Fact]
    public void A_list_begins_with_what_came_last()
    {
        Write(transaction =>
        {
            foreach (string value in (string[])["1", "2", "3", "2", "4"])
                transaction.InsertToList("list", value);
        });
        Assert.Equal(["4", "2", "3", "2", "1"], Connection.GetAllItemsFromList("list"));
        Assert.Equal(["2", "3"], Connection.GetRangeFromList("list", 1, 2));
        Assert.Equal(5, Connection.GetListCount("list"));
        Write(transaction => transaction.RemoveFromList("list", "2"));
        Assert.Equal(["4", "3", "1"], Connection.GetAllItemsFromList("list"));
        Assert.Empty(Connection.GetAllItemsFromList("none"));
        Assert.Throws<ArgumentException>(() => Connection.GetRangeFromList("list", 2, 1));
    }

    [Theory]
    [InlineData(0, 1, "4,3")]
    [InlineData(1, 2, "3,2")]
    [InlineData(0, 99, "4,3,2,1,0")]
    [InlineData(4, 99, "0")]
    [InlineData(5, 6, "")]
    [InlineData(2, 1, "")]
    [InlineData(-1, 2, "4,3,2,1")]
    public void Trimming_keeps_a_range(int start, int end, string kept)
    {
        Write(transaction =>
        {
            for (int i = 0; i < 5; i++)
                transaction.InsertToList("list", $"{i}");
            transaction.TrimList("list", start, end);
        });
        Assert.Equal(kept, string.Join(',', Connection.GetAllItemsFromList("list")));
    }

    [Fact]
    public void Counters_count_up_and_down()
    {
        Write(transaction =>
        {
            transaction.IncrementCounter("up");
            transaction.IncrementCounter("up", TimeSpan.FromHours(1));
            transaction.IncrementCounter("up");
            transaction.DecrementCounter("up");
            transaction.DecrementCounter("down", TimeSpan.FromHours(1));
        });
        Assert.Equal(2, Connection.GetCounter("up"));
        Assert.Equal(-1, Connection.GetCounter("down"));
        Assert.Equal(0, Connection.GetCounter("none"));
        Upkeep();
        Write(transaction => transaction.IncrementCounter("up"));
        Assert.Equal(3, Connection.GetCounter("up"));
        Upkeep();
        Assert.Equal(3, Connection.GetCounter("up"));
    }

    [Fact]
    public void Collections_live_as_long_as_they_are_told()
    {
        Write(transaction =>
        {
            transaction.AddToSet("c", "a");
            transaction.InsertToList("c", "a");
            transaction.SetRangeInHash("c", new Dictionary<string, string> { ["a"] = "1" });
        });
        Assert.Equal(Timeout.InfiniteTimeSpan, Connection.GetSetTtl("c"));
        Assert.Equal(Timeout.InfiniteTimeSpan, Connection.GetListTtl("c"));
        Assert.Equal(Timeout.InfiniteTimeSpan, Connection.GetHashTtl("c"));
        Assert.Equal(Timeout.InfiniteTimeSpan, Connection.GetHashTtl("none"));

        Write(transaction =>
        {
            transaction.ExpireSet("c", TimeSpan.FromHours(1));
            transaction.ExpireList("c", TimeSpan.FromHours(2));
            transaction.ExpireHash("c", TimeSpan.FromHours(3));
            // What comes later lives no longer.
            transaction.AddToSet("c", "b");
            transaction.InsertToList("c", "b");
            transaction.SetRangeInHash("c", new Dictionary<string, string> { ["b"] = "2" });
        });
        Assert.InRange(Connection.GetSetTtl("c"), TimeSpan.FromMinutes(55), TimeSpan.FromMinutes(60));
        Assert.InRange(Connection.GetListTtl("c"), TimeSpan.FromMinutes(115), TimeSpan.FromMinutes(120));
        Assert.InRange(Connection.GetHashTtl("c"), TimeSpan.FromMinutes(175), TimeSpan.FromMinutes(180));

        Write(transaction =>
        {
            transaction.PersistSet("c");
            transaction.PersistList("c");
            transaction.ExpireHash("c", TimeSpan.FromSeconds(-1));
        });
        Assert.Equal(Timeout.InfiniteTimeSpan, Connection.GetSetTtl("c"));
        Assert.Equal(Timeout.InfiniteTimeSpan, Connection.GetListTtl("c"));
        Assert.Null(Connection.GetAllEntriesFromHash("c"));
        Assert.Equal(2, Connection.GetSetCount("c"));
    }

    [Fact]
    public async Task What_has_expired_goes_away()
    {
        string id = NewJob();
        var soon = TimeSpan.FromMilliseconds(100);
        Write(transaction =>
        {
            transaction.ExpireJob(id, soon);
            transaction.AddToSet("c", "a");
            transaction.ExpireSet("c", soon);
            transaction.InsertToList("c", "a");
            transaction.ExpireList("c", soon);
            transaction.SetRangeInHash("c", new Dictionary<string, string> { ["a"] = "1" });
            transaction.ExpireHash("c", soon);
            transaction.IncrementCounter("c", soon);
            transaction.AddToSet("kept", "a");
        });
        Upkeep();
        // Each of them has its own moment.
        for (int i = 0; i < 100 && (Connection.GetJobData(id) is not null || Connection.GetSetCount("c") + Connection.GetListCount("c") + Connection.GetHashCount("c") + Connection.GetCounter("c") > 0); i++)
        {
            await Task.Delay(100, Cancelled);
            Upkeep();
        }
        Assert.Null(Connection.GetJobData(id));
        Assert.Empty(Connection.GetAllItemsFromSet("c"));
        Assert.Empty(Connection.GetAllItemsFromList("c"));
        Assert.Null(Connection.GetAllEntriesFromHash("c"));
        Assert.Equal(0, Connection.GetCounter("c"));
        Assert.Equal(1, Connection.GetSetCount("kept"));
    }

    /// <summary>What a server of Hangfire does for our storage every minute, and a timer for its own.</summary>
    private void Upkeep()
    {
        if (Storage is not MySqlJobStorage ours)
            return;
        ours.Upkeep.Aggregate(Cancelled);
        ours.Upkeep.Expire(Cancelled);
    }
}
