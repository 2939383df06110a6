using System.Globalization;

namespace Pipeline.Services.Gateway.Bson;

/// <summary>A value as MongoDB's error texts show it.</summary>
internal static class BsonText
{
    private const byte UuidSubtype = 4;

    public static string Render(BsonElement element) => element.Type switch
    {
        BsonType.String => $"\"{element.String}\"",
        BsonType.ObjectId => $"ObjectId('{Convert.ToHexStringLower(element.Value)}')",
        BsonType.Binary when element.Value[4] == UuidSubtype && element.Binary.Length == 16 =>
            $"UUID(\"{new Guid(element.Binary, bigEndian: true)}\")",
        BsonType.Binary => $"BinData({element.Value[4]}, {Convert.ToHexString(element.Binary)})",
        BsonType.Boolean => element.Value[0] != 0 ? "true" : "false",
        BsonType.DateTime => $"new Date({element.Int64})",
        BsonType.Null => "null",
        BsonType.Int64 => element.Int64.ToString(CultureInfo.InvariantCulture),
        _ when element.Number is { } number => number.ToString(CultureInfo.InvariantCulture),
        _ => $"<{element.Type}>",
    };
}
