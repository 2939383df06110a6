namespace Pipeline.JobStorage.Schema;

/// <summary>The database's tables and this library's do not fit together; the message says how and what to do.</summary>
public sealed class SchemaException(string message) : Exception(message);
