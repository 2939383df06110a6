using Pipeline.Services.Gateway.Backend;

namespace Pipeline.Services.Gateway.Cursors;

/// <summary>What the next page of a cursor needs.</summary>
/// <param name="Continuation">DocumentDB's own bookmark, opaque to us.</param>
/// <param name="Pinned">The connection that holds the cursor's portal, where DocumentDB could not do without; else any will do.</param>
/// <param name="Owner">The client connection that last used it: a pinned cursor ends with it.</param>
internal sealed record OpenCursor(long Id, string Database, byte[] Continuation, Lease? Pinned, long Owner, bool NeverExpires)
{
    public long LastUsed { get; init; }
}
