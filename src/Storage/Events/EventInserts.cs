using System.Runtime.InteropServices;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Driver;

namespace Pipeline.Storage.Events;

/// <summary>Writes a batch as one unordered insert, and finds out what became of each event.</summary>
internal sealed class EventInserts(IMongoCollection<RawBsonDocument> events)
{
    private static readonly BulkWriteOptions Unordered = new() { IsOrdered = false };
    private static readonly RawSerializer<(Guid Id, SourcePosition Source)> FirstSources = new(SourceOf);

    /// <exception cref="MongoException">The fate of the batch, or of a part of it, is not known.</exception>
    public async Task<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<EventDocument> batch, CancellationToken cancellationToken)
    {
        var outcomes = new AppendOutcome[batch.Count];
        var order = ByEventId(batch);
        var unsettled = order.Where((index, i) => i == 0 || batch[index].EventId != batch[order[i - 1]].EventId).ToList();
        foreach (var index in unsettled)
        {
            if (EventDocuments.Refusal(batch[index]) is { } refusal)
                outcomes[index] = new(AppendStatus.Failed, Detail: refusal);
        }
        unsettled.RemoveAll(index => outcomes[index].Detail is not null);

        // Twice at most: an event that the first pass found as a duplicate, but that is not there any more, was erased in between.
        for (var pass = 0; pass < 2 && unsettled.Count > 0; pass++)
            unsettled = await InsertAsync(batch, unsettled, outcomes, cancellationToken);
        foreach (var index in unsettled)
            outcomes[index] = new(AppendStatus.Failed, Detail: "duplicate key in an index other than that of _id");

        SettleRepeats(batch, order, outcomes);
        return outcomes;
    }

    /// <summary>
    /// Positions in the batch, sorted by event id and then as given. Writers that insert the same ids in the same order wait for
    /// each other; in different orders they deadlock.
    /// </summary>
    private static int[] ByEventId(IReadOnlyList<EventDocument> batch)
    {
        var ids = new Guid[batch.Count];
        var order = new int[batch.Count];
        for (var i = 0; i < order.Length; i++)
            (ids[i], order[i]) = (batch[i].EventId, i);
        Array.Sort(order, (a, b) => ids[a].CompareTo(ids[b]) is var byId and not 0 ? byId : a.CompareTo(b));
        return order;
    }

    /// <returns>Those that the store called duplicates but does not have.</returns>
    private async Task<List<int>> InsertAsync(
        IReadOnlyList<EventDocument> batch, List<int> indices, AppendOutcome[] outcomes, CancellationToken cancellationToken)
    {
        var duplicates = new List<int>();
        try
        {
            var inserts = indices.Select(index => new InsertOneModel<RawBsonDocument>(Raw(batch[index].Bson)));
            await events.BulkWriteAsync(inserts, Unordered, cancellationToken);
        }
        catch (MongoBulkWriteException<RawBsonDocument> e) when (IsSettled(e))
        {
            foreach (var error in e.WriteErrors)
            {
                var index = indices[error.Index];
                if (error.Category == ServerErrorCategory.DuplicateKey)
                    duplicates.Add(index);
                else
                    outcomes[index] = new(AppendStatus.Failed, Detail: $"write error {error.Code}: {error.Message}");
            }
        }
        return duplicates.Count == 0 ? duplicates : await ReadFirstSourcesAsync(batch, duplicates, outcomes, cancellationToken);
    }

    /// <summary>Whether the server has said of every event what became of it, for good.</summary>
    /// <remarks>A majority is waited for even when all inserts failed, so a duplicate is as durable as a new event.</remarks>
    private static bool IsSettled(MongoBulkWriteException<RawBsonDocument> e) =>
        e.WriteConcernError is null && e.UnprocessedRequests.Count == 0 && !e.WriteErrors.Any(error => PassingErrors.Contains(error.Code));

    private async Task<List<int>> ReadFirstSourcesAsync(
        IReadOnlyList<EventDocument> batch, List<int> duplicates, AppendOutcome[] outcomes, CancellationToken cancellationToken)
    {
        var ids = new BsonArray(duplicates.Select(index => new BsonBinaryData(batch[index].EventId, GuidRepresentation.Standard)));
        var options = new FindOptions<RawBsonDocument, (Guid Id, SourcePosition Source)>
        {
            BatchSize = IEventStore.MaxBatch,
            Projection = new BsonDocumentProjectionDefinition<RawBsonDocument, (Guid, SourcePosition)>(new BsonDocument("source", 1), FirstSources),
        };
        var sources = new Dictionary<Guid, SourcePosition>(duplicates.Count);
        // Local: what has just refused an insert must be seen, even where the majority's view is a moment behind.
        using var cursor = await events.WithReadConcern(ReadConcern.Local)
            .FindAsync(new BsonDocument("_id", new BsonDocument("$in", ids)), options, cancellationToken);
        while (await cursor.MoveNextAsync(cancellationToken))
        {
            foreach (var (id, source) in cursor.Current)
                sources[id] = source;
        }

        var missing = new List<int>();
        foreach (var index in duplicates)
        {
            if (sources.TryGetValue(batch[index].EventId, out var source))
                outcomes[index] = new(AppendStatus.Duplicate, source);
            else
                missing.Add(index);
        }
        return missing;
    }

    /// <summary>Events whose id stood earlier in the batch share the fate of that one.</summary>
    private static void SettleRepeats(IReadOnlyList<EventDocument> batch, int[] order, AppendOutcome[] outcomes)
    {
        var first = 0;
        foreach (var index in order)
        {
            if (index == order[0] || batch[index].EventId != batch[first].EventId)
                first = index;
            else
                outcomes[index] = outcomes[first].Status == AppendStatus.Stored
                    ? new(AppendStatus.Duplicate, batch[first].Source)
                    : outcomes[first];
        }
    }

    private static RawBsonDocument Raw(ReadOnlyMemory<byte> bson)
    {
        if (!MemoryMarshal.TryGetArray(bson, out var segment))
            return new RawBsonDocument(bson.ToArray());
        var whole = new ByteArrayBuffer(segment.Array!, isReadOnly: true);
        return new RawBsonDocument(new ByteBufferSlice(whole, segment.Offset, segment.Count));
    }

    private static (Guid, SourcePosition) SourceOf(ReadOnlySpan<byte> document)
    {
        Guid id = default;
        string topic = "";
        var (partition, offset, epoch) = (0, 0L, 0);
        var element = new BsonElements(document);
        while (element.MoveNext())
        {
            if (element.Name.SequenceEqual("_id"u8))
                id = element.Uuid;
            else if (element.Name.SequenceEqual("source"u8) && element.Type == BsonKind.Document)
                ReadSource(element.Value);
        }
        return (id, new SourcePosition(topic, partition, offset, epoch));

        void ReadSource(ReadOnlySpan<byte> source)
        {
            var field = new BsonElements(source);
            while (field.MoveNext())
            {
                if (field.Name.SequenceEqual("topic"u8) && field.Type == BsonKind.String)
                    topic = System.Text.Encoding.UTF8.GetString(field.Text);
                else if (field.Name.SequenceEqual("partition"u8))
                    partition = (int)field.Integer;
                else if (field.Name.SequenceEqual("offset"u8))
                    offset = field.Integer;
                else if (field.Name.SequenceEqual("epoch"u8))
                    epoch = (int)field.Integer;
            }
        }
    }
}
