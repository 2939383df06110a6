using System.Text;
using Pipeline.Ingest.Send;

namespace Pipeline.Ingest.Tests.Send;

[Trait("speed", "fast")]
public sealed class EventKeyTests
{
    [Theory]
    [InlineData("{\"userId\":42}", "42")]
    [InlineData("{\"a\":{\"userId\":1},\"b\":[1,{}],\"userId\":9007199254740991,", "9007199254740991")]
    [InlineData("{\"\\u0075serId\":7}", "7")]
    [InlineData("{\"userId\":42.0}", "42")]
    [InlineData("{\"userId\":4.2e1}", "42")]
    [InlineData("{\"userId\":42.5}", "42.5")]
    [InlineData("{\"userId\":\"42\"}", null)]
    [InlineData("{\"user\":42}", null)]
    [InlineData("[{\"userId\":42}]", null)]
    [InlineData("{\"a\":,\"userId\":42}", null)]
    [InlineData("", null)]
    [InlineData("not json", null)]
    public void The_key_is_the_user_id_as_text_where_there_is_one(string json, string? key) =>
        Assert.Equal(key, EventKey.Of(Encoding.UTF8.GetBytes(json)) is { } bytes ? Encoding.UTF8.GetString(bytes) : null);

    /// <summary>The values of Kafka's own test, clients/src/test/java/org/apache/kafka/common/utils/UtilsTest.java.</summary>
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void Keys_are_hashed_as_Kafkas_own_client_does(string key, int hash) =>
        Assert.Equal(hash, (int)EventKey.Murmur2(Encoding.UTF8.GetBytes(key)));

    [Fact]
    public void Users_spread_over_all_partitions()
    {
        var partitions = Enumerable.Range(1, 1_000).Select(user => EventKey.Partition(Encoding.UTF8.GetBytes($"{user}"), 12)).ToList();
        Assert.Equal(Enumerable.Range(0, 12), partitions.Distinct().Order());
    }
}
