namespace Pipeline.Services.Gateway.Wire;

/// <summary>Numbers of MongoDB's wire protocol and the limits that the gateway announces.</summary>
internal static class WireProtocol
{
    public const int OpReply = 1;
    public const int OpQuery = 2004;
    public const int OpMsg = 2013;

    public const uint ChecksumPresent = 1;
    public const uint MoreToCome = 2;

    /// <summary>Flag bits that a receiver must understand; those above may be ignored.</summary>
    public const uint RequiredFlags = 0xFFFF;

    public const int HeaderSize = 16;
    public const int MaxDocumentSize = 16 * 1024 * 1024;
    public const int MaxMessageSize = 48_000_000;

    /// <summary>What a client may send before it has authenticated: enough for a hello and a SASL step, too little to waste memory with.</summary>
    public const int MaxUnauthenticatedMessageSize = 16 * 1024;

    /// <summary>DocumentDB's bound (documentdb.maxWriteBatchSize), a quarter of MongoDB's.</summary>
    public const int MaxWriteBatchSize = 25_000;

    /// <summary>MongoDB 7.0's: old enough for every current driver, and it promises nothing that DocumentDB lacks.</summary>
    public const int MaxWireVersion = 21;
}
