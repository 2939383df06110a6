using Confluent.Kafka;
using Pipeline.Services.Kafka;

namespace Pipeline.Services.Tests;

[Trait("speed", "server")]
public sealed class KafkaStandInTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private KafkaStandIn _kafka = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _kafka = await KafkaStandIn.StartAsync(KafkaStandInOptions.Default with { ControlToken = "open sesame" }, Cancelled);

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();

    [Fact]
    public void It_has_the_topics_of_the_contract_on_three_brokers()
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _kafka.Bootstrap }).Build();
        var metadata = admin.GetMetadata(Patience);
        Assert.Equal(3, metadata.Brokers.Count);
        var partitions = metadata.Topics.ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count);
        Assert.Equal(new Dictionary<string, int> { ["watch-events"] = 12, ["watch-events.dead-letter"] = 3 }, partitions);
    }

    [Fact]
    public async Task What_is_produced_is_consumed()
    {
        await ProduceAsync("hello");
        using var consumer = Consumer();
        consumer.Subscribe("watch-events");
        Assert.Equal("hello", consumer.Consume(Patience).Message.Value);
        consumer.Close();
    }

    [Fact]
    public async Task A_cluster_that_is_down_answers_after_it_is_up_again()
    {
        using var control = await KafkaControlClient.ConnectAsync(_kafka.ControlAddress!, "open sesame", Cancelled);
        await ProduceAsync("before");
        await control.TakeDownAsync(KafkaStandIn.AllBrokers, Cancelled);
        await Assert.ThrowsAsync<ProduceException<Null, string>>(() => ProduceAsync("while down", TimeSpan.FromSeconds(1)));
        await control.BringUpAsync(KafkaStandIn.AllBrokers, Cancelled);
        await ProduceAsync("after");
    }

    [Fact]
    public async Task Requests_fail_as_often_as_asked()
    {
        using var control = await KafkaControlClient.ConnectAsync(_kafka.ControlAddress!, "open sesame", Cancelled);
        await control.FailAsync(KafkaApi.Produce, ErrorCode.TopicAuthorizationFailed, times: 1, Cancelled);
        var failure = await Assert.ThrowsAsync<ProduceException<Null, string>>(() => ProduceAsync("refused"));
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, failure.Error.Code);
        await ProduceAsync("taken");
    }

    [Fact]
    public async Task A_leader_moves()
    {
        using var control = await KafkaControlClient.ConnectAsync(_kafka.ControlAddress!, "open sesame", Cancelled);
        foreach (var broker in new[] { 1, 2, 3 })
        {
            await control.MoveLeaderAsync("watch-events", partition: 5, broker, Cancelled);
            using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _kafka.Bootstrap }).Build();
            Assert.Equal(broker, admin.GetMetadata("watch-events", Patience).Topics.Single().Partitions[5].Leader);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("explode")]
    [InlineData("down")]
    [InlineData("down 9")]
    [InlineData("fail Produce NoSuchError 1")]
    [InlineData("fail NoSuchApi Local_Transport 1")]
    [InlineData("delete no-such-topic")]
    public async Task A_command_that_makes_no_sense_is_refused_and_the_next_one_runs(string command)
    {
        using var control = await KafkaControlClient.ConnectAsync(_kafka.ControlAddress!, "open sesame", Cancelled);
        await Assert.ThrowsAsync<InvalidOperationException>(() => control.SendAsync(command, Cancelled));
        await control.SendAsync("round-trip all 0", Cancelled);
    }

    [Fact]
    public async Task Nobody_without_the_token_is_heard()
    {
        using var control = await KafkaControlClient.ConnectAsync(_kafka.ControlAddress!, "open simsim", Cancelled);
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => control.TakeDownAsync(1, Cancelled));
        Assert.Contains("wrong token", refusal.Message);
    }

    private IConsumer<Ignore, string> Consumer() => new ConsumerBuilder<Ignore, string>(new ConsumerConfig
    {
        BootstrapServers = _kafka.Bootstrap,
        GroupId = "readers",
        AutoOffsetReset = AutoOffsetReset.Earliest,
    }).Build();

    private async Task ProduceAsync(string value, TimeSpan? timeout = null)
    {
        var config = new ProducerConfig { BootstrapServers = _kafka.Bootstrap, MessageTimeoutMs = (int)(timeout ?? Patience).TotalMilliseconds };
        using var producer = new ProducerBuilder<Null, string>(config).SetLogHandler((_, _) => { }).Build();
        await producer.ProduceAsync("watch-events", new Message<Null, string> { Value = value }, Cancelled);
    }
}
