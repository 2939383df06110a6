using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Bson;
using MongoDB.Driver;
using Pipeline.Generator;
using Pipeline.Ingest;
using Pipeline.Ingest.Events;
using Pipeline.Ingest.Worker;
using Pipeline.Servers;
using Pipeline.Services.Kafka;
using Pipeline.Storage.Erasure;
using Pipeline.Storage.Events;

namespace Pipeline.Benchmarks;

/// <summary>
/// The ingest worker from a full topic to the last acknowledged event, against the two things that it cannot do without: consuming the
/// same records and throwing them away, and inserting the same documents, made beforehand, into a collection with the same indexes, in the
/// order in which the client gives them: partitions take turns in large pieces, so times go back and forth, which costs an index on time more
/// than an ascending order.
/// </summary>
internal static class IngestBenchmark
{
    // What the Kafka stand-in holds: 12 partitions of 5 MiB.
    private const int Events = 100_000;

    private static readonly IngestSettings Settings = new();

    public static async Task<Comparison> RunAsync(int rounds, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        var lines = Lines(now);
        List<EventDocument> documents = [];
        List<double> consume = [], insertOne = [], insertTwo = [], ours = [];
        // The first round pays for compiling, ours and the drivers', and is not counted.
        for (int round = 0; round <= rounds; round++)
        {
            Console.Error.WriteLine($"round {round} of {rounds}");
            await using var kafka = await KafkaStandIn.StartAsync(KafkaStandInOptions.Default, cancellationToken);
            Send(kafka.Bootstrap, lines, cancellationToken);
            if (round == 0)
                documents = Documents(Records(kafka.Bootstrap, lines.Count), now);
            consume.Add(Consume(kafka.Bootstrap, lines.Count));
            insertOne.Add(await InsertAsync(documents, connections: 1, cancellationToken));
            insertTwo.Add(await InsertAsync(documents, connections: 2, cancellationToken));
            ours.Add(await IngestAsync(kafka.Bootstrap, lines.Count, cancellationToken));
        }
        foreach (var rates in (List<double>[])[consume, insertOne, insertTwo, ours])
            rates.RemoveAt(0);

        var series = new Series[]
        {
            new("bare librdkafka consumption", consume),
            new("bare bulk insert, one at a time", insertOne),
            new("bare bulk insert, two at a time", insertTwo),
            new("ingest worker", ours),
        };
        double floor = Math.Min(series[0].Median, Math.Max(series[1].Median, series[2].Median));
        return new Comparison("ingest", "events/s", series, series[3].Median / floor, "at least 0.8 of the slower of consumption and the better bulk insert");
    }

    private static List<byte[]> Lines(DateTimeOffset until)
    {
        var options = new GenerateOptions { Events = Events, Members = 5_000, Titles = 1_000, Seed = 1, Days = 28, Until = until };
        using var writer = new EventWriter();
        return [.. new EventStream(new World(options.Members, options.Titles, options.Seed, options.Until), options).Lines()
            .Where(line => line.Kind == LineKind.Event)
            .Select(line => writer.Write(line)[..^1].ToArray())];
    }

    private static List<EventDocument> Documents(List<byte[]> lines, DateTimeOffset now)
    {
        var validator = new EventValidator();
        var buffer = new BsonBuffer(capacity: 1 << 20);
        var documents = new List<EventDocument>(lines.Count);
        foreach (byte[] line in lines)
        {
            var source = new SourcePosition("bare", documents.Count % 12, documents.Count / 12);
            buffer.Truncate(0);
            if (validator.Validate(line, source, now, buffer, out var id) is { } refusal)
                throw new InvalidOperationException($"a good event was refused: {refusal}");
            documents.Add(new EventDocument(id, source, buffer.Slice(0, buffer.Length).ToArray()));
        }
        return documents;
    }

    private static void Send(string bootstrap, List<byte[]> lines, CancellationToken cancellationToken)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = bootstrap, Acks = Acks.All, LingerMs = 500, BatchSize = 1_000_000, BatchNumMessages = 10_000 }).Build();
        for (int i = 0; i < lines.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (!TryProduce(producer, i, lines[i]))
                producer.Poll(TimeSpan.FromMilliseconds(50));
        }
        producer.Flush(cancellationToken);
    }

    private static bool TryProduce(IProducer<byte[], byte[]> producer, int number, byte[] line)
    {
        try
        {
            producer.Produce(IngestSettings.Topic, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(number.ToString()), Value = line });
            return true;
        }
        catch (ProduceException<byte[], byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
        {
            return false;
        }
    }

    private static List<byte[]> Records(string bootstrap, int count)
    {
        using var consumer = Consumer(bootstrap);
        List<byte[]> records = [.. Enumerable.Range(0, count).Select(_ => consumer.Consume().Message.Value!)];
        consumer.Close();
        return records;
    }

    private static double Consume(string bootstrap, int count)
    {
        using var consumer = Consumer(bootstrap);
        consumer.Consume(); // Joining the group is not consuming: the clock starts with the first record.
        long start = Stopwatch.GetTimestamp();
        for (int i = 1; i < count; i++)
            consumer.Consume();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        consumer.Close();
        return count / seconds;
    }

    private static IConsumer<byte[]?, byte[]?> Consumer(string bootstrap)
    {
        var config = KafkaConsumers.Config(bootstrap, "bare", Settings);
        config.GroupId = TestServers.FreshName();
        var consumer = new ConsumerBuilder<byte[]?, byte[]?>(config).Build();
        consumer.Subscribe(IngestSettings.Topic);
        return consumer;
    }

    private static async Task<double> InsertAsync(List<EventDocument> documents, int connections, CancellationToken cancellationToken)
    {
        var database = DocumentDatabase.Open(await TestServers.MongoAsync());
        await new MongoEventStore(database).PrepareAsync(cancellationToken);
        var collection = database.GetCollection<RawBsonDocument>(DocumentDatabase.WatchEvents).WithWriteConcern(DocumentDatabase.Durable);
        var batches = documents.Chunk(Settings.BatchEvents).ToArray();
        long start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(batches, new ParallelOptions { MaxDegreeOfParallelism = connections, CancellationToken = cancellationToken }, async (batch, token) =>
            await collection.InsertManyAsync(batch.Select(document => new RawBsonDocument(document.Bson.ToArray())), new InsertManyOptions { IsOrdered = false }, token));
        double rate = documents.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        await database.Client.DropDatabaseAsync(database.DatabaseNamespace.DatabaseName, cancellationToken);
        return rate;
    }

    private static async Task<double> IngestAsync(string bootstrap, int count, CancellationToken cancellationToken)
    {
        var database = DocumentDatabase.Open(await TestServers.MongoAsync());
        var events = new TimedStore(new MongoEventStore(database));
        await events.PrepareAsync(cancellationToken);
        var status = new IngestStatus(TimeProvider.System, NullLogger<IngestStatus>.Instance);
        using var metrics = new IngestMetrics(status);
        var tombstones = new Tombstones(database, null, TimeProvider.System);
        var services = new IngestServices(
            bootstrap, "benchmark", new ErasureGuard(events, tombstones), new RefusedEventGuard(new MongoRefusedEvents(database), tombstones), tombstones,
            new MongoIngestLedger(database), status, metrics, TimeProvider.System, new Random(1), NullLogger.Instance);
        using var worker = new IngestWorker(Settings, services);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = worker.RunAsync(stop.Token);
        // Whole batches: what is left at the end of a topic waits for its age, on purpose.
        int whole = count / Settings.BatchEvents * Settings.BatchEvents;
        await events.HasStoredAsync(whole, cancellationToken);
        // From the first event's receipt, which its document carries, to the acknowledgement of the last whole batch.
        var first = await database.GetCollection<BsonDocument>(DocumentDatabase.WatchEvents).Find(FilterDefinition<BsonDocument>.Empty)
            .SortBy(document => document["receivedAt"]).Project("{receivedAt: 1}").FirstAsync(cancellationToken);
        double seconds = (events.ReachedAt - new DateTimeOffset(first["receivedAt"].ToUniversalTime())).TotalSeconds;
        await stop.CancelAsync();
        await running;
        await database.Client.DropDatabaseAsync(database.DatabaseNamespace.DatabaseName, cancellationToken);
        return whole / seconds;
    }
}
