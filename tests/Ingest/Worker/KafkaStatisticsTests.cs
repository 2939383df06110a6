using Pipeline.Ingest.Worker;

namespace Pipeline.Ingest.Tests.Worker;

[Trait("speed", "fast")]
public sealed class KafkaStatisticsTests
{
    [Theory]
    [InlineData("UP", true)]
    [InlineData("CONNECT", false)]
    public void One_broker_that_is_up_is_enough(string state, bool up) =>
        Assert.Equal(up, KafkaStatistics.Parse(
            $$$"""{"brokers":{"a:1/1":{"state":"DOWN"},"a:1/2":{"state":"{{{state}}}"}},"topics":{}}""", "watch-events").BrokerIsUp);

    [Fact]
    public void Lag_is_known_where_an_offset_was_stored_or_committed()
    {
        var statistics = KafkaStatistics.Parse(
            """
            {"brokers":{},"topics":{"watch-events":{"partitions":{
              "3":{"consumer_lag_stored":17,"consumer_lag":20},"5":{"consumer_lag_stored":-1,"consumer_lag":-1},
              "7":{"consumer_lag_stored":-1,"consumer_lag":4},"-1":{"consumer_lag_stored":0,"consumer_lag":0}}},
              "other":{"partitions":{"4":{"consumer_lag_stored":9,"consumer_lag":9}}}}}
            """, "watch-events");
        Assert.Equal([new KeyValuePair<int, long>(3, 17), new KeyValuePair<int, long>(7, 4)], statistics.Lag);
    }
}
