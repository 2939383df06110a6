using System.Buffers.Text;
using System.Text.Json;

namespace Pipeline.Ingest.Events;

/// <summary>Writes JSON values as BSON, whatever they are, without losing any.</summary>
/// <remarks>
/// A whole number becomes int32 or int64 where it fits, any other number a double, and one that a double cannot hold stays as its text.
/// </remarks>
internal static class JsonValues
{
    /// <summary>Writes one element: type, name, value. The reader stands on the value's first token, and then on its last.</summary>
    /// <param name="element">Where the element was begun: its type byte, still open.</param>
    /// <exception cref="JsonException">The value is malformed, too deep, or names a field twice.</exception>
    /// <exception cref="InvalidOperationException">A text holds half of a surrogate pair.</exception>
    public static void Write(ref Utf8JsonReader reader, BsonBuffer output, int element, ObjectNames names)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                output.SetType(element, BsonBuffer.Null);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                output.SetType(element, BsonBuffer.Boolean);
                output.WriteByte(reader.TokenType == JsonTokenType.True ? (byte)1 : (byte)0);
                break;
            case JsonTokenType.String:
                output.SetType(element, BsonBuffer.String);
                WriteText(ref reader, output);
                break;
            case JsonTokenType.Number:
                WriteNumber(ref reader, output, element);
                break;
            case JsonTokenType.StartObject:
                output.SetType(element, BsonBuffer.Document);
                WriteObject(ref reader, output, names);
                break;
            default:
                output.SetType(element, BsonBuffer.Array);
                WriteArray(ref reader, output, names);
                break;
        }
    }

    /// <summary>Begins an element with the reader's property name and the type still open.</summary>
    /// <exception cref="JsonException">The name cannot be one in BSON.</exception>
    public static int BeginElement(ref Utf8JsonReader reader, BsonBuffer output)
    {
        var element = output.Length;
        var longest = reader.ValueSpan.Length;   // an escape is never shorter than what it stands for
        var room = output.Room(longest + 2)[1..];
        var length = reader.CopyString(room);
        if (room[..length].Contains((byte)0))
            throw new JsonException("a name holds NUL");
        room[length] = 0;
        output.Advance(length + 2);
        return element;
    }

    public static ReadOnlySpan<byte> NameOf(BsonBuffer output, int element) =>
        output.Written(element + 1, output.Length - element - 2);

    public static void WriteText(ref Utf8JsonReader reader, BsonBuffer output)
    {
        if (!reader.ValueIsEscaped)
        {
            output.WriteString(reader.ValueSpan);
            return;
        }

        var start = output.BeginString();
        output.Advance(reader.CopyString(output.Room(reader.ValueSpan.Length)));
        output.EndString(start);
    }

    /// <summary>The reader's number where it is a whole one of 64 bits, also written as 42.0 or 4.2e1.</summary>
    public static bool TryGetWhole(ref Utf8JsonReader reader, out long whole)
    {
        whole = 0;
        if (reader.TokenType != JsonTokenType.Number)
            return false;
        if (reader.TryGetInt64(out whole))
            return true;
        if (!reader.TryGetDecimal(out var number) || number != decimal.Truncate(number) || number is < long.MinValue or > long.MaxValue)
            return false;
        whole = (long)number;
        return true;
    }

    /// <summary>As int32 where it fits, else as int64.</summary>
    public static void WriteWhole(long whole, BsonBuffer output, int element)
    {
        if (whole is >= int.MinValue and <= int.MaxValue)
        {
            output.SetType(element, BsonBuffer.Int32);
            output.WriteInt32((int)whole);
        }
        else
        {
            output.SetType(element, BsonBuffer.Int64);
            output.WriteInt64(whole);
        }
    }

    private static void WriteNumber(ref Utf8JsonReader reader, BsonBuffer output, int element)
    {
        if (reader.TryGetInt64(out var whole))
        {
            WriteWhole(whole, output, element);
        }
        else if (reader.TryGetDouble(out var number) && double.IsFinite(number))
        {
            output.SetType(element, BsonBuffer.Double);
            output.WriteDouble(number);
        }
        else
        {
            output.SetType(element, BsonBuffer.String);
            output.WriteString(reader.ValueSpan);
        }
    }

    private static void WriteObject(ref Utf8JsonReader reader, BsonBuffer output, ObjectNames names)
    {
        var document = output.BeginDocument();
        var outer = names.BeginObject();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var element = BeginElement(ref reader, output);
            names.Add(output, element);
            reader.Read();
            Write(ref reader, output, element, names);
        }

        names.EndObject(outer);
        output.EndDocument(document);
    }

    private static void WriteArray(ref Utf8JsonReader reader, BsonBuffer output, ObjectNames names)
    {
        Span<byte> index = stackalloc byte[10];
        var document = output.BeginDocument();
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            Utf8Formatter.TryFormat(i, index, out var length);
            var element = output.Length;
            output.WriteElement(BsonBuffer.Null, index[..length]);
            Write(ref reader, output, element, names);
        }

        output.EndDocument(document);
    }
}
