using MongoDB.Bson;
using MongoDB.Driver;

namespace Pipeline.Storage.Events;

/// <summary>Sums per user and title, made where the events are: the stream that comes back is far smaller than the events.</summary>
internal static class UserContentPipeline
{
    /// <param name="range">A filter on the events.</param>
    public static PipelineDefinition<RawBsonDocument, UserContentTotal> Over(BsonDocument range)
    {
        var withTitle = new BsonDocument(range) { { "contentId", new BsonDocument("$type", "number") } };
        return PipelineDefinition<RawBsonDocument, UserContentTotal>.Create(
            [new BsonDocument("$match", withTitle), Group, Sort],
            new RawSerializer<UserContentTotal>(Decode));
    }

    private static readonly BsonDocument Group = BsonDocument.Parse($$"""
        { $group: {
            _id: { user: "$userId", content: "$contentId" },
            watched: { $sum: "$watchedSeconds" },
            duration: { $max: "$durationSeconds" },
            completed: { $max: { $cond: [{ $eq: ["$type", "complete"] }, 1, 0] } },
            rating: { $max: {{LastWhere("""{ $and: [{ $eq: ["$type", "rating"] }, { $isNumber: "$value" }] }""", "\"$value\"")}} },
            liked: { $max: {{LastWhere("""{ $in: ["$type", ["like", "dislike"]] }""", """{ $cond: [{ $eq: ["$type", "like"] }, 1, -1] }""")}} },
            listed: { $max: {{LastWhere("""{ $in: ["$type", ["add_to_list", "remove_from_list"]] }""", """{ $cond: [{ $eq: ["$type", "add_to_list"] }, 1, 0] }""")}} },
            first: { $min: "$occurredAt" },
            last: { $max: "$occurredAt" } } }
        """);

    private static readonly BsonDocument Sort = BsonDocument.Parse("""{ $sort: { "_id.user": 1, "_id.content": 1 } }""");

    // The greatest of {time, id, value} is the latest value, with no sort of the events; null is less than any document.
    private static string LastWhere(string condition, string value) =>
        $$"""{ $cond: [{{condition}}, { at: "$occurredAt", id: "$_id", value: {{value}} }, null] }""";

    private static UserContentTotal Decode(ReadOnlySpan<byte> document)
    {
        long user = 0, content = 0, first = 0, last = 0;
        double watched = 0, duration = 0;
        double? rating = null, liked = null, listed = null;
        var completed = false;
        var element = new BsonElements(document);
        while (element.MoveNext())
        {
            switch (element.Name)
            {
                case var name when name.SequenceEqual("_id"u8):
                    user = (long)(Field(element.Value, "user"u8) ?? 0);
                    content = (long)(Field(element.Value, "content"u8) ?? 0);
                    break;
                case var name when name.SequenceEqual("watched"u8): watched = element.Number; break;
                case var name when name.SequenceEqual("duration"u8): duration = element.Number; break;
                case var name when name.SequenceEqual("completed"u8): completed = element.Number > 0; break;
                case var name when name.SequenceEqual("rating"u8): rating = Latest(element); break;
                case var name when name.SequenceEqual("liked"u8): liked = Latest(element); break;
                case var name when name.SequenceEqual("listed"u8): listed = Latest(element); break;
                case var name when name.SequenceEqual("first"u8): first = element.Integer; break;
                case var name when name.SequenceEqual("last"u8): last = element.Integer; break;
            }
        }
        return new UserContentTotal(user, content, Math.Round(watched, 3), duration, completed, rating, (int)(liked ?? 0), listed > 0,
            DateTime.UnixEpoch.AddMilliseconds(first), DateTime.UnixEpoch.AddMilliseconds(last));
    }

    private static double? Latest(in BsonElements element) =>
        element.Type == BsonKind.Document ? Field(element.Value, "value"u8) : null;

    private static double? Field(ReadOnlySpan<byte> document, ReadOnlySpan<byte> name)
    {
        var element = new BsonElements(document);
        while (element.MoveNext())
        {
            if (element.Name.SequenceEqual(name))
                return element.IsNumber ? element.Number : null;
        }
        return null;
    }
}
