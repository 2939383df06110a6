namespace Pipeline.Storage.Events;

/// <summary>What every store checks before it takes a document.</summary>
internal static class EventDocuments
{
    /// <summary>
    /// Why the document can never be stored, or null. A malformed one is stopped here because a server answers it by refusing the
    /// whole batch, good events included.
    /// </summary>
    public static string? Refusal(in EventDocument document)
    {
        if (document.Bson.Length > IEventStore.MaxDocumentBytes)
            return $"{document.Bson.Length} bytes, more than the {IEventStore.MaxDocumentBytes} that the store takes";
        try
        {
            BsonElements.Check(document.Bson.Span);
        }
        catch (FormatException e)
        {
            return e.Message;
        }
        var first = new BsonElements(document.Bson.Span);
        return first.MoveNext() && first.Name.SequenceEqual("_id"u8) && first.IsUuid && first.Uuid == document.EventId
            ? null
            : "its first field is not the event id as _id";
    }

    /// <summary>Whose event it is; 0 where the document does not say.</summary>
    public static long UserOf(in EventDocument document)
    {
        try
        {
            var elements = new BsonElements(document.Bson.Span);
            while (elements.MoveNext())
            {
                if (elements.Name.SequenceEqual("userId"u8))
                    return elements.Integer;
            }
        }
        catch (FormatException)
        {
            // The store will say so.
        }
        return 0;
    }

    public static void CheckSize(IReadOnlyList<EventDocument> batch)
    {
        if (batch.Count > IEventStore.MaxBatch)
            throw new ArgumentException($"{batch.Count} events in a batch; {IEventStore.MaxBatch} are the most", nameof(batch));
    }
}
