using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;
using MongoDB.Bson.Serialization.Serializers;

namespace Pipeline.Storage.Events;

internal delegate T BsonDecoder<out T>(ReadOnlySpan<byte> document);

/// <summary>Hands each document of a cursor to a decoder as the bytes that came over the wire.</summary>
internal sealed class RawSerializer<T>(BsonDecoder<T> decode) : SerializerBase<T>
{
    private byte[] _joined = [];

    public override T Deserialize(BsonDeserializationContext context, BsonDeserializationArgs args)
    {
        using var document = ((BsonBinaryReader)context.Reader).ReadRawBsonDocument();
        var bytes = document.AccessBackingBytes(0);
        if (bytes.Count >= document.Length)
            return decode(bytes.AsSpan(0, document.Length));

        // The driver receives into chunks; a document that crosses the border of two is put together first.
        if (_joined.Length < document.Length)
            _joined = new byte[document.Length * 2];
        document.GetBytes(0, _joined, 0, document.Length);
        return decode(_joined.AsSpan(0, document.Length));
    }
}
