using System.Buffers;
using Pipeline.Ingest.Events;

namespace Pipeline.Ingest.Import;

/// <summary>Turns the lines of one file, first to last, into events as JSON.</summary>
internal interface ILineFormat
{
    /// <summary>How old an event of this format may be.</summary>
    TimeSpan MaxAge { get; }

    /// <param name="json">Where the event is written to; empty.</param>
    /// <param name="refusal">Why the line is no event, or null.</param>
    /// <returns>False where the line says nothing, such as a header.</returns>
    bool TryRead(ReadOnlySpan<byte> line, IBufferWriter<byte> json, out Refusal? refusal);
}

/// <summary>Events as the contract has them.</summary>
internal sealed class EventLines : ILineFormat
{
    public TimeSpan MaxAge => EventValidator.MaxAge;

    public bool TryRead(ReadOnlySpan<byte> line, IBufferWriter<byte> json, out Refusal? refusal)
    {
        refusal = null;
        json.Write(line);
        return true;
    }
}
