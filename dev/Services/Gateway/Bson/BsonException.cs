namespace Pipeline.Services.Gateway.Bson;

/// <summary>The bytes are not BSON.</summary>
internal sealed class BsonException(string message) : Exception(message);
