using Pipeline.Services.Gateway.Bson;

namespace Pipeline.Services.Gateway.Errors;

/// <summary>MongoDB's form of a duplicate key error. DocumentDB names the index and nothing else.</summary>
internal static class DuplicateKey
{
    private const string PrimaryIndex = "_id_";

    /// <param name="document">The document that was refused; of the _id index its key can be told, of another it cannot.</param>
    public static void Write(BsonWriter writer, string message, string collection, ReadOnlySpan<byte> document)
    {
        var index = IndexName(message);
        if (index != PrimaryIndex || document.IsEmpty || !BsonWalker.TryFind(document, "_id"u8, out var id))
        {
            writer.String("errmsg", Text(collection, index));
            return;
        }

        writer.Document("keyPattern").Int32("_id", 1).End()
            .Document("keyValue").Copy(id).End()
            .String("errmsg", $"{Text(collection, index)} dup key: {{ _id: {BsonText.Render(id)} }}");
    }

    private static string Text(string collection, string index) => $"E11000 duplicate key error collection: {collection} index: {index}";

    /// <summary>From "Duplicate key violation on the requested collection: Index '_id_'".</summary>
    private static string IndexName(string message)
    {
        const string before = "Index '";
        var start = message.IndexOf(before, StringComparison.Ordinal) + before.Length;
        var end = start < before.Length ? -1 : message.IndexOf('\'', start);
        return end < 0 ? "unknown" : message[start..end];
    }
}
